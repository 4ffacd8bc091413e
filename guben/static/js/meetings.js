/* Counts while typing. The server counts again; without this file nothing is lost but the live numbers. */
(function () {
  "use strict";

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, key) {
      return key in values ? values[key] : whole;
    });
  }

  // One meeting: those ticked are absent; only the entitled count.
  function countRoll(roll) {
    var entitled = Number(roll.dataset.entitled);
    var absent = 0;
    roll.querySelectorAll("input[type=checkbox]:checked").forEach(function (box) {
      if (!("notCounted" in box.dataset)) absent += 1;
    });
    var output = roll.querySelector("output");
    output.textContent = fill(output.dataset.text, {
      entitled: entitled,
      absent: absent,
      present: entitled - absent,
    });
    return { entitled: entitled, present: entitled - absent };
  }

  function countForm(form) {
    var chosen = form.querySelector("[name=form]:checked");
    var note = form.querySelector("[data-quorum]");
    if (!chosen || !note) return;
    var counts = null;
    form.querySelectorAll("[data-roll]").forEach(function (roll) {
      var found = countRoll(roll);
      if (roll.dataset.roll === chosen.dataset.list) counts = found;
    });
    var asks = form.querySelector('[data-quorum-form="' + chosen.value + '"]');
    var short = counts && asks && counts.present * 2 < counts.entitled;
    note.hidden = !short;
    if (short) {
      note.textContent = fill(note.dataset.text, {
        present: counts.present,
        needed: Math.ceil(counts.entitled / 2),
      });
    }
  }

  // Many branches: a number for each, or names.
  function countBatch(form) {
    var table = form.querySelector("[data-needs-quorum]");
    var note = form.querySelector("[data-quorum]");
    var sums = { absent: 0, present: 0 };
    var short = [];
    var lines = form.querySelectorAll("[data-line]");
    lines.forEach(function (line) {
      var entitled = Number(line.dataset.entitled);
      var input = line.querySelector("input");
      var absent = Math.min(Math.max(Number(input.value) || 0, 0), entitled);
      var present = entitled - absent;
      line.nextElementSibling.hidden = !absent && !line.nextElementSibling.querySelector("details[open]");
      sums.absent += absent;
      sums.present += present;
      line.querySelector("[data-present]").textContent = present;
      var isShort = Boolean(table.dataset.needsQuorum) && present * 2 < entitled;
      line.classList.toggle("is-short", isShort);
      if (isShort) short.push(line.dataset.unit + " " + present + "/" + entitled);
    });
    form.querySelector("[data-sum-absent]").textContent = sums.absent;
    form.querySelector("[data-sum-present]").textContent = sums.present;
    note.hidden = !short.length;
    if (short.length) {
      note.textContent = fill(note.dataset.text, {
        units: short.join(document.documentElement.lang.startsWith("zh") ? "、" : ", "),
        rest: lines.length - short.length,
      });
    }
  }

  // Ticked names set the number of their branch.
  function countNames(box) {
    var row = box.closest(".names-row");
    if (!row) return;
    var number = row.previousElementSibling.querySelector("input[type=number]");
    number.value = row.querySelectorAll("input[type=checkbox]:checked:not([data-not-counted])").length;
  }

  function count(target) {
    var form = target.closest("[data-record-form]");
    if (form) return countForm(form);
    form = target.closest("[data-batch-form]");
    if (!form) return undefined;
    if (target.type === "checkbox") countNames(target);
    return countBatch(form);
  }

  document.addEventListener("input", function (event) {
    count(event.target);
  });
  document.addEventListener("change", function (event) {
    count(event.target);
  });
  document.querySelectorAll("[data-record-form]").forEach(countForm);
  document.querySelectorAll("[data-batch-form]").forEach(countBatch);
  document.addEventListener("htmx:afterSettle", function (event) {
    event.target.querySelectorAll("[data-batch-form]").forEach(countBatch);
  });
})();
