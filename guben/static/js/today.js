/* The grid as one Tab stop: walk with the arrows, pick cells of one column, record them together in the panel.
   Without this file the links in the heads of the columns lead to the same forms. */
(function () {
  "use strict";

  document.documentElement.classList.add("has-script");

  var table = document.querySelector("[data-grid]");
  var panel = document.getElementById("panel");
  var live = document.getElementById("live");
  var anchor = null; // where an extension with Shift began
  var timer = null;

  function say(text) {
    if (live) live.textContent = text;
  }

  /* Picking on the phone: the bar says how many. */
  document.querySelectorAll("[data-phone-pick]").forEach(function (form) {
    var words = form.querySelector("[data-picked]");
    if (!words) return;
    var button = form.querySelector("[data-record]");
    var plain = button && button.textContent;
    function count() {
      var number = form.querySelectorAll("[name=units]:checked").length;
      words.textContent = number ? form.dataset.text.replace("{count}", number) : "";
      if (button) button.textContent = number ? form.dataset.button.replace("{count}", number) : plain;
    }
    form.addEventListener("change", count);
    count();
  });

  /* What was just saved is read out, and the focus goes back to its cell. */
  var said = document.querySelector("[data-said]");
  if (said) window.setTimeout(function () { say(said.dataset.said); }, 200);

  if (!table) return;

  var mayRecord = table.hasAttribute("data-may-record");
  var mayRemind = table.hasAttribute("data-may-remind");

  /* Roles and the one Tab stop */
  table.setAttribute("role", "grid");
  table.setAttribute("aria-multiselectable", "true");
  table.querySelectorAll("tr").forEach(function (row) { row.setAttribute("role", "row"); });
  table.querySelectorAll("td").forEach(function (cell) { cell.setAttribute("role", "gridcell"); });
  table.querySelectorAll("thead th").forEach(function (cell) { cell.setAttribute("role", "columnheader"); });
  table.querySelectorAll("tbody th").forEach(function (cell) { cell.setAttribute("role", "rowheader"); });
  table.querySelectorAll("a").forEach(function (link) { link.tabIndex = -1; });
  table.querySelectorAll("tr:not(.grid-sections) > *").forEach(function (cell) { cell.tabIndex = -1; });
  table.querySelectorAll("[data-open]").forEach(function (cell) {
    if (canPick(cell)) cell.setAttribute("aria-selected", "false");
  });

  /* Groups without anything overdue fold */
  table.querySelectorAll("[data-group]").forEach(function (group) {
    var name = group.querySelector(".group-name");
    var button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.innerHTML =
      '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true"><path d="M6 9l6 6l6 -6"/></svg>';
    name.before(button);
    button.append(name);
    function fold(folded) {
      button.setAttribute("aria-expanded", String(!folded));
      group.querySelectorAll(".grid-row").forEach(function (row) { row.hidden = folded; });
    }
    button.addEventListener("click", function () { fold(button.getAttribute("aria-expanded") === "true"); });
    fold(group.hasAttribute("data-folded"));
  });

  function canPick(cell) {
    return cell && cell.hasAttribute("data-open") && ((mayRecord && cell.dataset.form) || mayRemind);
  }

  /* Moving: rows of heads, groups, branches and the foot; places by column */
  function rows() {
    return Array.prototype.filter.call(table.rows, function (row) {
      return !row.hidden && !row.classList.contains("grid-sections");
    });
  }

  function stop(cell) {
    table.querySelectorAll("[tabindex='0']").forEach(function (old) { old.tabIndex = -1; });
    cell.tabIndex = 0;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  table.addEventListener("focusin", function (event) {
    if (!event.target.matches("td, th") || event.target.tabIndex === 0) return;
    table.querySelectorAll("[tabindex='0']").forEach(function (old) { old.tabIndex = -1; });
    event.target.tabIndex = 0;
  });

  function place(cell) {
    var index = 0;
    for (var one = cell.previousElementSibling; one; one = one.previousElementSibling) index += one.colSpan;
    return index;
  }

  function cellAt(row, index) {
    var at = 0;
    for (var i = 0; i < row.cells.length; i += 1) {
      at += row.cells[i].colSpan;
      if (index < at) return row.cells[i];
    }
    return row.cells[row.cells.length - 1];
  }

  function move(cell, down, right) {
    var all = rows();
    var row = all.indexOf(cell.parentElement);
    if (down) {
      var next = all[row + down];
      return next ? cellAt(next, place(cell)) : cell;
    }
    return right > 0 ? cell.nextElementSibling || cell : cell.previousElementSibling || cell;
  }

  /* Picking */
  function picked() {
    return Array.prototype.slice.call(table.querySelectorAll("[aria-selected='true']"));
  }

  function pick(cell, on) {
    if (!canPick(cell)) return;
    var others = picked();
    if (others.length && others[0].dataset.column !== cell.dataset.column) clear(true);
    cell.setAttribute("aria-selected", String(on));
  }

  function clear(quiet) {
    picked().forEach(function (cell) { cell.setAttribute("aria-selected", "false"); });
    if (!quiet) changed();
  }

  function pickColumn(key) {
    var open = Array.prototype.filter.call(table.querySelectorAll("[data-open]"), function (cell) {
      return cell.dataset.column === key && !cell.parentElement.hidden;
    });
    var all = open.every(function (cell) { return cell.getAttribute("aria-selected") === "true"; });
    open.forEach(function (cell) { pick(cell, !all); });
    changed();
  }

  function extend(from, to) {
    if (!from || from.dataset.column !== to.dataset.column) return;
    var all = rows();
    var first = all.indexOf(from.parentElement);
    var last = all.indexOf(to.parentElement);
    var index = place(to);
    for (var i = Math.min(first, last); i <= Math.max(first, last); i += 1) pick(cellAt(all[i], index), true);
    changed();
  }

  function changed() {
    var cells = picked();
    table.querySelectorAll("thead [data-column]").forEach(function (head) {
      head.classList.toggle("is-picked", Boolean(cells.length) && head.dataset.column === cells[0].dataset.column);
    });
    window.clearTimeout(timer);
    if (!cells.length) {
      close();
      return;
    }
    timer = window.setTimeout(open, 250);
  }

  /* The panel */
  function typed() {
    var values = {};
    panel.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea").forEach(function (field) {
      if (field.value && !field.name.startsWith("count-")) values[field.name] = field.value;
      else if (field.name.startsWith("count-") && field.value !== "0") values[field.name] = field.value;
    });
    return values;
  }

  function open(focus) {
    var cells = picked();
    if (!cells.length) return;
    var form = mayRecord && cells[0].dataset.form;
    var kept = panel.hidden ? {} : typed();
    if (!form) {
      panel.replaceChildren(remindBox(cells, true));
      panel.hidden = false;
      return;
    }
    var query = new URLSearchParams({ form: form, period: cells[0].dataset.period, rule: cells[0].dataset.rule });
    query.set("next", table.dataset.next + "#" + cells[cells.length - 1].id);
    cells.forEach(function (cell) { query.append("units", cell.dataset.unit); });
    window.htmx.ajax("GET", table.dataset.recordUrl + "?" + query, { target: panel, swap: "innerHTML" }).then(function () {
      panel.hidden = false;
      Object.keys(kept).forEach(function (name) {
        var field = panel.querySelector('[name="' + name + '"]');
        if (field) field.value = kept[name];
      });
      var closer = panel.querySelector("[data-close-panel]");
      if (closer) closer.hidden = false;
      if (mayRemind) panel.append(remindBox(cells, false));
      panel.dispatchEvent(new Event("htmx:afterSettle", { bubbles: true }));
      if (focus === true) focusPanel();
    });
  }

  function focusPanel() {
    var field = panel.querySelector("[name=topic]") || panel.querySelector("button");
    if (field) field.focus();
  }

  function close() {
    panel.hidden = true;
    panel.replaceChildren();
  }

  function remindBox(cells, alone) {
    var words = document.getElementById("remind-words");
    var box = words.content.firstElementChild.cloneNode(true);
    box.querySelector("p").textContent = words.dataset.text.replace("{count}", cells.length);
    box.querySelector("button").addEventListener("click", remind);
    if (alone) box.classList.add("panel-remind-alone");
    return box;
  }

  function remind() {
    var cells = picked();
    if (!cells.length || !mayRemind) return;
    var form = document.getElementById("remind-form");
    form.querySelectorAll("[name=units]").forEach(function (old) { old.remove(); });
    form.elements.rule.value = cells[0].dataset.rule;
    form.elements.period.value = cells[0].dataset.period;
    form.elements.next.value = table.dataset.next + "#" + cells[cells.length - 1].id;
    cells.forEach(function (cell) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = "units";
      field.value = cell.dataset.unit;
      form.append(field);
    });
    form.requestSubmit();
  }

  /* Mouse: a press on an open cell picks it; other cells open. */
  table.addEventListener("click", function (event) {
    var cell = event.target.closest("td, th");
    if (!cell || !table.contains(cell)) return;
    if (cell.matches("td[data-open]") && canPick(cell) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) {
        extend(anchor, cell);
      } else {
        pick(cell, cell.getAttribute("aria-selected") !== "true");
        anchor = cell;
        changed();
      }
      stop(cell);
    } else if (cell.matches("thead [data-column]") && !event.target.closest("a")) {
      pickColumn(cell.dataset.column);
      stop(cell);
    }
  });

  /* Keys, only while the focus is on a cell */
  table.addEventListener("keydown", function (event) {
    var cell = event.target;
    if (!cell.matches("td, th")) return;
    var steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    var step = steps[event.key];
    if (step) {
      event.preventDefault();
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      var next = move(cell, step[0], step[1]);
      if (event.shiftKey && step[0]) {
        if (!anchor || anchor.dataset.column !== cell.dataset.column) anchor = cell;
        extend(anchor, next);
      }
      stop(next);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      var row = cell.parentElement.cells;
      stop(event.key === "Home" ? row[0] : row[row.length - 1]);
    } else if (event.key === " ") {
      event.preventDefault();
      space(cell);
    } else if (event.key === "Enter") {
      var link = cell.querySelector("a, button");
      if (link) enter(link);
    } else if (event.key === "Escape") {
      escape();
    } else if (event.key === "r" || event.key === "R") {
      event.preventDefault();
      if (!picked().length && canPick(cell)) { pick(cell, true); changed(); }
      window.clearTimeout(timer);
      if (panel.hidden) open(true); else focusPanel();
    } else if (event.key === "t" || event.key === "T") {
      event.preventDefault();
      if (!picked().length && canPick(cell)) { pick(cell, true); changed(); }
      remind();
    }
  });

  function space(cell) {
    if (cell.matches("thead [data-column]")) return pickColumn(cell.dataset.column);
    var button = cell.querySelector("button[aria-expanded]");
    if (button) return button.click();
    pick(cell, cell.getAttribute("aria-selected") !== "true");
    anchor = cell;
    return changed();
  }

  function enter(link) {
    if (link.href) window.location.assign(link.href); else link.click();
  }

  function escape() {
    if (!panel.hidden) {
      var cells = picked();
      close();
      if (cells.length) stop(cells[cells.length - 1]);
    } else {
      clear();
    }
  }

  panel.addEventListener("keydown", function (event) {
    if (event.key === "Escape") escape();
  });
  panel.addEventListener("click", function (event) {
    if (event.target.closest("[data-close-panel]")) escape();
  });

  /* A refused batch stays in the panel with its reasons; a saved one answers with a new page. */
  var first = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (first && table.contains(first)) {
    stop(first);
  } else {
    var start = table.querySelector("[data-open]") || table.querySelector("tbody th");
    if (start) start.tabIndex = 0;
  }
})();
