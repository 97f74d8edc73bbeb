// Sorts a table by the column whose heading is pressed, with the mouse or the keyboard.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.closest("th");
    const up = head.getAttribute("aria-sort") !== "ascending";
    const place = [...head.parentNode.children].indexOf(head);
    const body = head.closest("table").tBodies[0];
    const value = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent.trim();
    const compare = (one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === "" || b === "") return (a === "") - (b === "");  // what is not known stays last
      const [m, n] = [Number(a), Number(b)];
      const order = Number.isNaN(m) || Number.isNaN(n) ? a.localeCompare(b) : m - n;
      return up ? order : -order;
    };
    body.append(...[...body.rows].sort(compare));
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
  });
}
