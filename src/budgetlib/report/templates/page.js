// What a page does besides being read; without it figures lead to their places as plain links do.
(() => {
  "use strict";
  const words = document.body.dataset;
  const address = (link) => link.getAttribute("href") || link.getAttribute("xlink:href") || "";

  // A button that copies how something is cited: a sentence, BibTeX, and where it stands in this page.
  const cites = (cited) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "cite";
    button.textContent = words.cite;
    button.addEventListener("click", async () => {
      const day = new Date().toISOString().slice(0, 10);
      const text = `${cited.dataset.cite.replaceAll("{date}", day)}\n\n${location.href.split("#")[0]}#${cited.id}`;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const field = document.createElement("textarea");
        field.value = text;
        button.after(field);
        field.select();
        document.execCommand("copy");
        field.remove();
      }
      button.textContent = words.copied;
    });
    return button;
  };

  const sheet = (mark) => {
    const whole = mark.closest(".sheet");
    const frame = document.createElement("figure");
    const view = document.createElement("div");
    view.className = "view";
    view.tabIndex = 0;
    const shown = (whole || mark).cloneNode(true);
    for (const other of shown.querySelectorAll(".mark")) {
      if (other.id !== mark.id) other.remove();
      else other.classList.add("shown");
      other.removeAttribute("id");
    }
    shown.removeAttribute("id");
    view.append(shown);
    const caption = document.createElement("figcaption");
    const said = document.createElement("strong");
    said.textContent = whole ? mark.getAttribute("aria-label") : "";
    caption.append(said, whole ? " · " : "", mark.dataset.place, " ", cites(mark.closest("[data-cite]")));
    frame.append(view, caption);
    return frame;
  };

  const dialog = document.createElement("dialog");
  dialog.className = "cut-out";
  const closing = document.createElement("button");
  closing.type = "button";
  closing.className = "close";
  closing.textContent = words.close;
  closing.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.seen, svg a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const names = [address(link).slice(1), ...(link.dataset.also || "").split(" ")];
    const marks = names.map((name) => name && document.getElementById(name)).filter(Boolean);
    if (!marks.length) return;
    event.preventDefault();
    dialog.replaceChildren(closing, ...marks.map(sheet));
    dialog.setAttribute("aria-label", marks[0].dataset.place);
    dialog.showModal();
    for (const view of dialog.querySelectorAll(".view")) {
      const mark = view.querySelector(".mark");
      if (!mark) continue;
      view.scrollLeft = mark.offsetLeft + mark.offsetWidth / 2 - view.clientWidth / 2;
      view.scrollTop = mark.offsetTop + mark.offsetHeight / 2 - view.clientHeight / 2;
    }
    closing.focus();
  });

  for (const chart of document.querySelectorAll("figure.chart[data-cite]"))
    chart.querySelector("figcaption").append(" ", cites(chart));

  const number = (text) => {
    const found = /^[-+]?[\d,]*\.?\d+(?=\s|%|$)/.exec(text);
    return found ? Number(found[0].replaceAll(",", "")) : NaN;
  };
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const sort = (table, head, column) => {
    const before = head.getAttribute("aria-sort");
    const way = before ? (before === "descending" ? 1 : -1) : head.classList.contains("number") ? -1 : 1;
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => [row, row.cells[column].textContent.trim()]);
    const numeric = keyed.every(([, text]) => !text || !Number.isNaN(number(text)));
    keyed.sort(([, one], [, other]) => {
      if (!one || !other) return !one - !other;
      return way * (numeric ? number(one) - number(other) : order.compare(one, other));
    });
    body.append(...keyed.map(([row]) => row));
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    if (table.tBodies[0].rows.length < 2) continue;
    table.classList.add("sorts");
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = words.sort;
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
  }
})();
