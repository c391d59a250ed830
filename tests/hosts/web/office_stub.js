// In the place of office.js: a workbook with one sheet, Loan, whose cells are SHEET[address] = {values, formula}.
"use strict";
globalThis.Office = { onReady: (act) => act({ host: "Excel" }) };
globalThis.CustomFunctions = {
  associate() {}, Error: class extends Error {},
  ErrorCode: { invalidValue: "#VALUE!", notAvailable: "#N/A" },
};
const book = { active: "A1", listeners: [] };
const typeOf = (cell) =>
  cell === null ? "Empty" : /^#[A-Z/0]+[!?A]$/.test(cell) ? "Error" : typeof cell === "number" ? "Double" : "String";

function cells(address) {
  const range = {
    load() { return range; },
    fill() {
      if (!(address in SHEET)) throw new Error(`This test knows no ${address}.`);
      const { values, formula } = SHEET[address];
      Object.assign(range, {
        address: `Loan!${address}`, formulas: [[formula]], values: values?.map((row) => row.map((cell) => cell ?? "")),
        valueTypes: values?.map((row) => row.map(typeOf)), cellCount: values?.flat().length,
      });
    },
  };
  return range;
}

globalThis.Excel = {
  run(act) {
    const asked = [];
    const ask = (address) => { const range = cells(address); asked.push(range); return range; };
    const sheet = { getRange: ask };
    const known = (name) => ({ isNullObject: !(name in NAMES), getRange: () => ask(NAMES[name]), load() { return this; } });
    const getItem = (name) => {
      if (name !== "Loan") throw new Error(`There is no sheet ${name}.`);
      return sheet;
    };
    return act({
      sync: async () => asked.forEach((range) => range.fill()),
      workbook: {
        getActiveCell: () => ask(book.active),
        worksheets: { getActiveWorksheet: () => sheet, getItem },
        names: { getItemOrNullObject: known },
        onSelectionChanged: { add: (act) => book.listeners.push(act) },
      },
    });
  },
};
globalThis.selectCell = async (address) => {
  book.active = address;
  await Promise.all(book.listeners.map((act) => act()));
};
