(function () {
  "use strict";
  var rows = JSON.parse(document.getElementById("rows").textContent);
  var box = document.getElementById("search"), wanted = document.getElementById("wanted");
  var list = document.getElementById("found"), count = document.getElementById("found-count");
  box.hidden = false;
  function show() {
    var words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
    var found = words.length ? rows.filter(function (row) {
      var hay = (row[0] + " " + row[1] + " " + row[3]).toLowerCase();
      return words.every(function (word) { return hay.indexOf(word) >= 0; });
    }) : [];
    var first = words[0] || "";
    found.sort(function (a, b) { return (b[0].toLowerCase().indexOf(first) === 0) - (a[0].toLowerCase().indexOf(first) === 0); });
    list.textContent = "";
    found.slice(0, 40).forEach(function (row) {
      var line = document.createElement("li"), link = document.createElement("a");
      link.href = row[2];
      link.textContent = row[0] + " " + row[1];
      line.appendChild(link);
      list.appendChild(line);
    });
    count.textContent = !words.length ? "" : found.length === 1 ? "1 page" : found.length + " pages" + (found.length > 40 ? ", the first 40 shown" : "");
  }
  wanted.addEventListener("input", show);
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && document.activeElement !== wanted && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      wanted.focus();
    }
  });
  show();
})();
