/* The tree opens and closes in place; without this each arrow leads to a page of its own. */
(function () {
  "use strict";

  function below(toggle) {
    return document.querySelector(toggle.getAttribute("hx-target"));
  }

  function show(toggle, open) {
    toggle.setAttribute("aria-expanded", String(open));
    below(toggle).hidden = !open;
  }

  function prepare(root) {
    root.querySelectorAll("[data-tree-toggle]:not([aria-expanded])").forEach(function (toggle) {
      toggle.setAttribute("role", "button");
      toggle.setAttribute("aria-controls", below(toggle).id);
      toggle.setAttribute("aria-expanded", String(toggle.hasAttribute("data-open")));
    });
  }

  // What was fetched once is shown and hidden without asking again.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var toggle = event.target.closest("[data-tree-toggle]");
    if (!toggle || !below(toggle).children.length) return;
    event.preventDefault();
    show(toggle, toggle.getAttribute("aria-expanded") !== "true");
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    var toggle = event.detail.requestConfig && event.detail.requestConfig.elt.closest("[data-tree-toggle]");
    if (toggle && document.contains(toggle)) show(toggle, true);
    prepare(document);
  });

  // A link that acts as a button answers to the space bar too.
  document.addEventListener("keydown", function (event) {
    var toggle = event.target.closest && event.target.closest("[data-tree-toggle][role=button]");
    if (!toggle || event.key !== " ") return;
    event.preventDefault();
    toggle.click();
  });

  prepare(document);
})();
