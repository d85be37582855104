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

  const ordered = (keyed, way) => {
    const numeric = keyed.every(([, text]) => !text || !Number.isNaN(number(text)));
    return keyed.sort(([, one], [, other]) => {
      if (!one || !other) return !one - !other;
      return way * (numeric ? number(one) - number(other) : order.compare(one, other));
    });
  };

  const sortable = (table, sorted) => {
    table.classList.add("sorts");
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = words.sort;
      button.append(...head.childNodes);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const way = before ? (before === "descending" ? 1 : -1) : head.classList.contains("number") ? -1 : 1;
        sorted(column, way);
        for (const cell of heads) cell.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      });
      head.append(button);
    });
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    sortable(table, (column, way) => {
      const keyed = [...body.rows].map((row) => [row, row.cells[column].textContent.trim()]);
      body.append(...ordered(keyed, way).map(([row]) => row));
    });
  }

  const element = (name, values, ...children) => {
    const made = Object.assign(document.createElement(name), values);
    made.append(...children);
    return made;
  };

  // A table of any length: its rows are text; those that are looked for are shown, some at a time.
  for (const long of document.querySelectorAll(".long")) {
    const said = long.dataset;
    const atOnce = Number(said.atOnce);
    const table = long.querySelector("table");
    const heads = [...table.tHead.rows[0].cells].map((head) => [head.className, head.textContent]);
    const lines = long.querySelector(".rows").textContent.split("\n").filter(Boolean);
    const rows = lines.map((line) => line.split("\t"));
    const sought = lines.map((line) => line.toLowerCase());
    let sequence = rows.map((_, place) => place);
    let grouped = true; // as long as the rows stand as they came
    let found = sequence;
    let first = 0;

    const leadsTo = ([address, , name, year], language) => {
      const folder = address === "=" ? `${name}/${year}` : address;
      return `./${folder.split("/").map(encodeURIComponent).join("/")}/report.${language}.html`;
    };
    const link = (row, language, text) => element("a", { href: leadsTo(row, language), textContent: text });
    const filled = (row, text, [kind, head], column) => {
      const cell = element("td", { className: kind });
      cell.dataset.head = head;
      if (kind === "links") {
        for (const language of text.split(" ").filter(Boolean)) {
          const open = link(row, language, language === "zh" ? said.openZh : said.openEn);
          open.className = "open";
          open.lang = language;
          cell.append(open, " ");
        }
      } else if (!column && row[0] && !heads.some(([other]) => other === "links")) {
        cell.append(link(row, said.language, text));
      } else cell.textContent = text;
      return cell;
    };
    const search = element("input", { type: "search", placeholder: said.search });
    search.setAttribute("aria-label", said.search);
    const count = element("span", { className: "count" });
    const back = element("button", { type: "button", textContent: said.before });
    const on = element("button", { type: "button", textContent: said.next });
    count.setAttribute("role", "status");
    back.hidden = on.hidden = rows.length <= atOnce;

    const show = () => {
      const shown = [];
      let group = "";
      for (const place of found.slice(first, first + atOnce)) {
        const row = rows[place];
        if (grouped && row[1] && row[1] !== group) {
          group = row[1];
          const head = element("th", { colSpan: heads.length, scope: "rowgroup", textContent: group });
          shown.push(element("tr", { className: "group" }, head));
        }
        shown.push(element("tr", {}, ...heads.map((head, column) => filled(row, row[column + 2] || "", head, column))));
      }
      table.tBodies[0].replaceChildren(...shown);
      const last = Math.min(first + atOnce, found.length);
      count.textContent = `${found.length ? first + 1 : 0}–${last} / ${found.length} ${said.found}`;
      back.disabled = !first;
      on.disabled = last === found.length;
    };
    const seek = () => {
      const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      found = sequence.filter((place) => terms.every((term) => sought[place].includes(term)));
      first = 0;
      show();
    };
    search.addEventListener("input", seek);
    back.addEventListener("click", () => { first -= atOnce; show(); });
    on.addEventListener("click", () => { first += atOnce; show(); });
    sortable(table, (column, way) => {
      grouped = false;
      sequence = ordered(sequence.map((place) => [place, rows[place][column + 2] || ""]), way).map(([place]) => place);
      seek();
    });
    long.prepend(element("p", { className: "seek" }, search, back, on, count));
    seek();
  }
})();
