/* Small comforts of every page. Nothing here is needed to use the house. */
(function () {
  "use strict";

  // An open menu closes on Escape and when something else is pressed.
  function openMenus() {
    return document.querySelectorAll("details.menu[open]");
  }
  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    openMenus().forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // Buttons that print: <button type="button" data-print hidden>.
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });

  // Filters answer at once: <form data-submit-on-change>.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-submit-on-change")) form.requestSubmit();
  });

  // A form is sent once: a second press on its button does nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(function () {
      delete form.dataset.sent;
    }, 5000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });

  // After a refused form the summary of its errors gets the focus.
  var errors = document.getElementById("form-errors");
  if (errors) errors.focus();

  // A part that could not be fetched says so; what was typed stays.
  function failed() {
    var place = document.getElementById("messages");
    var words = document.getElementById("words-not-reached");
    if (place && words) place.replaceChildren(words.content.cloneNode(true));
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
