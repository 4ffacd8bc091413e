/* Cases: the sum of a count while typing, and the keys of many reviews. Without this file the same forms and links do. */
(function () {
  "use strict";

  /* Votes of all kinds together are the votes cast: said while typing, decided by the server. */
  function sums() {
    document.querySelectorAll("[data-count-sum]").forEach(function (words) {
      var form = words.closest("form");
      if (words.dataset.ready) return;
      words.dataset.ready = "yes";
      function number(name) {
        var field = form.querySelector('[data-count="' + name + '"]');
        return field && field.value !== "" ? Number(field.value) : 0;
      }
      form.addEventListener("input", function () {
        var cast = number("cast");
        var sum = ["in_favour", "against", "abstained", "invalid"].map(number).reduce(function (a, b) { return a + b; }, 0);
        words.textContent = words.dataset.words.replace("{cast}", cast).replace("{sum}", sum);
        if (sum !== cast) words.textContent += words.dataset.wrong;
        words.classList.toggle("text-late", sum !== cast);
      });
    });
  }

  /* A button that is not possible yet can be reached and says why; pressing it does nothing. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest('button[aria-disabled="true"]');
    if (button) event.preventDefault();
  });

  /* On the phone only the phase at hand stands open; the others open with a tap. */
  if (window.matchMedia("(max-width: 699px)").matches) {
    document.querySelectorAll(".road-phase[data-fold]").forEach(function (phase) { phase.open = false; });
  }

  /* Many reviews: letters work only while the focus is inside the list or the case, and never while typing. */
  function box() {
    return document.querySelector("[data-review]");
  }

  function typing(target) {
    return target.matches("input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea, select");
  }

  function step(by) {
    var links = Array.prototype.slice.call(document.querySelectorAll(".review-list a"));
    var at = links.findIndex(function (link) { return link.hasAttribute("aria-current"); });
    var next = links[at + by];
    if (next) next.click();
  }

  function press(letter) {
    var button = document.querySelector('.review-case [data-key="' + letter + '"]');
    if (!button) return;
    var reason = button.form.querySelector("[name=reason]");
    if (letter === "R" && reason && !reason.value.trim()) reason.focus();
    else button.click();
  }

  document.addEventListener("keydown", function (event) {
    var review = box();
    if (!review || !review.contains(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && typing(event.target)) {
      review.querySelector("[data-review-case]").focus();
      return;
    }
    if (typing(event.target)) return;
    var key = event.key.toUpperCase();
    var inList = Boolean(event.target.closest(".review-list"));
    if (key === "J" || (inList && event.key === "ArrowDown")) step(1);
    else if (key === "K" || (inList && event.key === "ArrowUp")) step(-1);
    else if (key === "A" || key === "R") press(key);
    else return;
    event.preventDefault();
  });

  function ready(focus) {
    sums();
    var review = box();
    if (!review) return;
    var help = review.querySelector("[data-review-help]");
    if (help) help.hidden = false;
    var errors = document.getElementById("form-errors");
    if (errors) errors.focus();
    else if (focus) review.querySelector("[data-review-case]").focus({ preventScroll: true });
    var current = review.querySelector(".review-list [aria-current]");
    var list = review.querySelector(".review-list");
    if (current && list.scrollHeight > list.clientHeight) list.scrollTop = current.offsetTop - list.clientHeight / 2;
  }

  document.addEventListener("htmx:afterSettle", function () { ready(true); });
  ready(true);
})();
