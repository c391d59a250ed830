/* The task pane: what is wrong with the selected cell, the functions, the facts. */
/* global Office, Excel, haircutCalls, readArgument */
"use strict";
(() => {
  const MOST_CELLS = 20000; // of one argument that the pane reads
  const at = (id) => document.getElementById(id);

  /** An element with its text or its children; text is never read as HTML. */
  function made(tag, content, attributes = {}) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...[content].flat());
    return element;
  }

  /** Text whose parts in backquotes are code. */
  function marked(text) {
    return text.split(/`([^`]*)`/).map((part, i) => (i % 2 ? made("code", part) : part));
  }

  // The tabs

  function openTab(tab) {
    for (const other of document.querySelectorAll("[role=tab]")) {
      other.setAttribute("aria-selected", String(other === tab));
      at(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
  }

  // The functions

  function functionEntry(one) {
    const parts = [made("pre", made("code", one.call))];
    if (one.args.length) {
      parts.push(made("dl", one.args.flatMap((arg) => [
        made("dt", made("code", arg.name)),
        made("dd", [arg.help + " ", made("small", [arg.unit, arg.kind === "number" ? "" : arg.kind, arg.required ? "" : "optional"].filter(Boolean).join(" · "))]),
      ])));
    }
    parts.push(made("p", ["Comes back: ", ...marked(one.returns)]));
    if (one.formula) parts.push(made("p", marked(one.formula)));
    if (one.errors.length) {
      parts.push(made("dl", one.errors.flatMap(([error, why]) => [made("dt", made("code", error)), made("dd", marked(why))])));
    }
    for (const { call, value, says } of one.examples) {
      parts.push(made("pre", [made("code", call), made("br", []), made("code", `gives ${value}`), says ? ` (${says})` : ""]));
    }
    if (one.simulated) parts.push(made("p", "Simulated, with a standard error."));
    parts.push(made("p", `Source: ${one.source}`, { class: "quiet" }));
    return made("details", [
      made("summary", [made("code", one.name), made("span", one.summary)]),
      made("div", parts),
    ], { id: one.name });
  }

  function listFunctions(categories) {
    at("function-list").replaceChildren(...categories.map(({ name, functions }) =>
      made("div", [made("h2", name), ...functions.map(functionEntry)])), made("p", "No function says that.", { class: "none" }));
    searchIn("find-function", "function-list", "details");
  }

  // The facts

  function figure({ value, low, high, unit }) {
    const range = low || high ? `${low} to ${high}` : "";
    return [value, value && range ? `(${range})` : range, unit].filter(Boolean).join(" ");
  }

  function factEntry(row, title, call) {
    const source = /^https?:/.test(row.url) ? made("a", row.source, { href: row.url, target: "_blank", rel: "noreferrer" }) : row.source;
    return made("div", [
      made("h3", title),
      made("p", made("strong", figure(row))),
      made("pre", made("code", call)),
      made("p", [`${row.as_of} · ${row.grade} · `, source], { class: "quiet" }),
    ], { class: "fact" });
  }

  function listFacts(facts, gpus) {
    const rows = [
      ...facts.map((row) => factEntry(row, row.item, `=HC_FACT("${row.id}")`)),
      ...gpus.map((row) => factEntry(row, `${row.model}: ${row.field.replace(/_/g, " ")}`, `=HC_GPU("${row.model}", "${row.field}")`)),
    ];
    at("fact-list").replaceChildren(...rows, made("p", "No fact says that.", { class: "none" }));
    searchIn("find-fact", "fact-list", ".fact");
  }

  /** Show the items that hold every word of the search, and a title only above such items. */
  function searchIn(field, list, item) {
    const search = () => {
      const words = at(field).value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const one of at(list).querySelectorAll(item)) {
        const text = one.textContent.toLowerCase();
        one.hidden = !words.every((word) => text.includes(word));
        found += !one.hidden;
      }
      for (const title of at(list).querySelectorAll("h2")) {
        title.parentElement.hidden = !title.parentElement.querySelector(`${item}:not([hidden])`);
      }
      at(list).querySelector(".none").hidden = found > 0;
    };
    at(field).addEventListener("input", search);
    search();
  }

  // The selected cell

  async function explainSelection() {
    let cards;
    try {
      cards = await Excel.run(async (context) => {
        const cell = context.workbook.getActiveCell().load("formulas,address");
        const sheet = context.workbook.worksheets.getActiveWorksheet();
        await context.sync();
        const calls = haircutCalls(String(cell.formulas[0][0]));
        return Promise.all(calls.map((call) => explained(context, sheet, call, cell.address)));
      });
    } catch (error) {
      cards = [card("unsure", "Selected cell", `The cell could not be read: ${error.message}`)];
    }
    at("cell-hint").hidden = cards.length > 0;
    at("explained").replaceChildren(...cards);
  }

  async function explained(context, sheet, { name, args }, address) {
    const inACell = `=HC_WHY("${name}"${args.map((arg) => `, ${arg}`).join("")})`;
    try {
      const rows = await Promise.all(args.map((text) => valuesOf(context, sheet, text)));
      const verdict = await why(name, rows);
      return card(verdict === "ok" ? "good" : "bad", `${address}: ${name}`, verdict, inACell);
    } catch (error) {
      return card("unsure", `${address}: ${name}`, `${error.message} Excel itself can tell: put the text below into a cell.`, inACell);
    }
  }

  function card(state, title, verdict, inACell) {
    const parts = [made("h3", title), made("p", verdict, { class: "verdict" })];
    if (inACell) parts.push(made("pre", made("code", inACell)));
    return made("div", parts, { class: `card ${state}` });
  }

  /** The rows of an argument, or null where it is left out. */
  async function valuesOf(context, sheet, text) {
    const read = readArgument(text);
    if (read.omitted) return null;
    if (read.rows) return read.rows;
    if (read.formula) throw new Error(`The argument ${read.formula} is a formula of its own.`);
    const range = await rangeOf(context, sheet, read.reference);
    range.load("cellCount");
    await context.sync();
    if (range.cellCount > MOST_CELLS) throw new Error(`The argument ${text} has ${range.cellCount} cells.`);
    range.load("values,valueTypes");
    await context.sync();
    return range.values.map((row, r) => row.map((cell, c) => {
      const type = range.valueTypes[r][c];
      return type === "Empty" ? null : type === "Error" ? { error: cell } : cell;
    }));
  }

  async function rangeOf(context, sheet, reference) {
    const split = reference.lastIndexOf("!");
    const spilled = reference.endsWith("#");
    const cells = reference.slice(split + 1).replace(/#$/, "");
    if (split >= 0) {
      const name = reference.slice(0, split).replace(/^'|'$/g, "").replace(/''/g, "'");
      sheet = context.workbook.worksheets.getItem(name);
    }
    if (/^\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?$|^\$?[A-Z]{1,3}:\$?[A-Z]{1,3}$/i.test(cells)) {
      const range = sheet.getRange(cells.replace(/\$/g, ""));
      return spilled ? range.getSpillingToRange() : range;
    }
    const named = context.workbook.names.getItemOrNullObject(cells).load("isNullObject");
    await context.sync();
    if (named.isNullObject) throw new Error(`The name ${cells} is not known in the whole workbook.`);
    return named.getRange();
  }

  async function why(name, args) {
    const response = await fetch("calls", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ calls: [{ name: "HC_WHY", args: [[[name]], ...args] }] }),
    }).catch(() => { throw new Error("The Haircut server does not answer; start it with: haircut web serve."); });
    const held = await response.json();
    if (!response.ok) throw new Error(`${held.error}.`);
    const [answer] = held.answers;
    return answer.error ? `${answer.error}: ${answer.why}` : answer.value[0][0];
  }

  // The start

  async function start() {
    for (const tab of document.querySelectorAll("[role=tab]")) tab.addEventListener("click", () => openTab(tab));
    const { version, categories, facts, gpus } = await (await fetch("pane.json")).json();
    listFunctions(categories);
    listFacts(facts, gpus);
    const count = categories.reduce((sum, { functions }) => sum + functions.length, 0);
    at("foot").textContent = `Haircut ${version}: ${count} functions, ${facts.length + gpus.length} facts`;
    Office.onReady(async ({ host }) => {
      if (host !== "Excel") return;
      await Excel.run(async (context) => {
        context.workbook.onSelectionChanged.add(explainSelection);
        await context.sync();
      });
      await explainSelection();
    });
  }

  start();
})();
