// Excel as far as a custom function sees it: reads functions.json, loads functions.js, calls functions for cells.
// The task comes as JSON on standard input, what the cells show goes out as JSON on standard output.
"use strict";
const vm = require("node:vm");

class FunctionError extends Error {
  constructor(code, message) { super(message); this.code = code; }
}
const CODES = {
  divisionByZero: "#DIV/0!", invalidName: "#NAME?", invalidNumber: "#NUM!", invalidReference: "#REF!",
  invalidValue: "#VALUE!", notAvailable: "#N/A", nullReference: "#NULL!",
};
const GIVEN_OUT = ["#DIV/0!", "#NUM!", "#VALUE!", "#N/A", "#NULL!"]; // #NAME? and #REF! are for input only

const functions = {};
const sheet = {}; // address -> rows as typed: null is an empty cell
let requests = 0;
let reads = 0;

const Excel = {
  async run(act) {
    const loaded = [];
    const range = (name, reference) => ({
      load(property) {
        if (property !== "valueTypes") throw new Error(`this test knows no ${property}`);
        loaded.push([this, `'${name.replace(/'/g, "''")}'!${reference}`]);
        return this;
      },
    });
    const worksheets = { getItem: (name) => ({ getRange: (reference) => range(name, reference) }) };
    const sync = async () => {
      reads += 1;
      for (const [one, address] of loaded) {
        if (!(address in sheet)) throw new Error(`ItemNotFound ${address}`);
        one.valueTypes = sheet[address].map((row) => row.map((cell) => (cell === null ? "Empty" : "Something")));
      }
    };
    return act({ workbook: { worksheets }, sync });
  },
};

const shown = (value) =>
  value instanceof FunctionError
    ? { error: GIVEN_OUT.includes(value.code) ? value.code : `not for output: ${value.code}`, message: value.message }
    : value;

function cellIn(cell, blanks) {
  if (cell === null) return blanks === "zero" ? 0 : null;
  return cell !== null && typeof cell === "object" && cell.error ? new FunctionError(cell.error) : cell;
}

/** Call one function as Excel does: every argument a matrix, null where left out, the repeating ones in one array. */
function calculate({ name, args, unreadable }, number, blanks, metadata) {
  const { parameters } = metadata.functions.find((one) => one.id === name);
  const named = parameters.filter((parameter) => !parameter.repeating).length;
  const parameterAddresses = args.map((rows, i) => {
    if (rows === null) return undefined;
    const address = `'It''s ${number}'!A${i + 1}`;
    if (!unreadable) sheet[address] = rows;
    return address;
  });
  const matrices = args.map((rows) => rows && rows.map((row) => row.map((cell) => cellIn(cell, blanks))));
  const given = Array.from({ length: named }, (_, i) => matrices[i] ?? null);
  if (named < parameters.length) given.push(matrices.slice(named));
  const invocation = { parameterAddresses };
  const answer = functions[name](...given, invocation).then((rows) => rows.map((row) => row.map(shown)), (error) => [[shown(error)]]);
  return { invocation, answer };
}

async function main() {
  const task = JSON.parse(await new Response(require("node:stream").Readable.toWeb(process.stdin)).text());
  const metadata = await (await fetch(task.base + "functions.json")).json();
  const source = await (await fetch(task.base + "functions.js")).text();
  const sandbox = {
    CustomFunctions: { associate: (id, act) => { functions[id] = act; }, Error: FunctionError, ErrorCode: CODES },
    Excel, AbortController, clearTimeout,
    setTimeout: (act, milliseconds) => setTimeout(act, milliseconds * (task.haste ?? 1)),
    fetch: (path, options) => { requests += 1; return fetch(task.server ? task.server + path : task.base + path, options); },
  };
  vm.runInNewContext(source, sandbox, { filename: "functions.js" });
  const started = performance.now();
  const calls = task.calls.map((call, i) => calculate(call, i, task.blanks, metadata));
  if (task.cancel !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, task.cancel));
    calls.forEach(({ invocation }) => invocation.onCanceled());
  }
  const answers = await Promise.all(calls.map(({ answer }) => answer));
  const milliseconds = performance.now() - started;
  const shownCells = JSON.stringify({ answers, requests, reads, milliseconds, associated: Object.keys(functions) });
  process.stdout.write(shownCells, () => process.exit(0)); // without waiting for connections that are still tried
}

main().catch((error) => { console.error(error); process.exit(1); });
