// Writes on every cell the name of its column, with which a narrow screen shows each row as a card (cards.css).
// Without this script the table stays a table, which scrolls sideways.

const NOTHING = new Set(["", "-", "–"]);

/** Tell whether a cell says nothing. @param {HTMLTableCellElement} cell */
const isEmpty = (cell) => NOTHING.has(cell.textContent.trim()) && !cell.querySelector("img, input, svg");

/** Say aloud that it is a table, which browsers forget once its rows are no rows to the eye. @param {HTMLTableElement} table */
const keepRoles = (table) => {
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies]) group.setAttribute("role", "rowgroup");
  for (const row of table.rows) row.setAttribute("role", "row");
  for (const cell of table.querySelectorAll("th")) {
    cell.setAttribute("role", cell.scope === "col" ? "columnheader" : "rowheader");
  }
  for (const cell of table.querySelectorAll("td")) cell.setAttribute("role", "cell");
};

for (const table of document.querySelectorAll("#result_list, .rows-below table")) {
  const names = [...table.tHead.rows[0].cells].map((cell) => (cell.querySelector(".text") ?? cell).textContent.trim());
  for (const body of table.tBodies) {
    for (const row of body.rows) {
      [...row.cells].forEach((cell, place) => {
        cell.dataset.label = names[place] ?? "";
        if (isEmpty(cell)) cell.dataset.empty = "";
      });
    }
  }
  keepRoles(table);
  table.classList.add("as-cards");
}
