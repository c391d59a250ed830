/* Reads formulas: which Haircut calls one holds, and what each argument is. */
"use strict";

/**
 * Every Haircut call in a formula, the outer ones first: name, and the text of each argument.
 * A quote inside a text or a sheet's name is doubled; commas inside brackets belong to an inner call.
 */
function haircutCalls(formula) {
  const bare = formula.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, (quoted) => "~".repeat(quoted.length));
  return [...bare.matchAll(/(?<![A-Z0-9_.])(?:_xldudf_)?(HC_[A-Z0-9_]+)\(/gi)].map((found) => {
    const start = found.index + found[0].length;
    return { name: found[1].toUpperCase(), args: argumentTexts(formula, bare, start) };
  });
}

function argumentTexts(formula, bare, start) {
  const texts = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < bare.length; at += 1) {
    const sign = bare[at];
    if ("({[".includes(sign)) depth += 1;
    if (depth === 0 && (sign === "," || sign === ")")) {
      texts.push(formula.slice(from, at).trim());
      from = at + 1;
      if (sign === ")") break;
    }
    if (")}]".includes(sign)) depth -= 1;
  }
  return texts.length === 1 && texts[0] === "" ? [] : texts;
}

/**
 * What an argument's text is: {omitted}, {rows} for a constant, {reference} for cells or a name, or
 * {formula} for what only Excel can calculate.
 */
function readArgument(text) {
  if (text === "") return { omitted: true };
  const constant = readConstant(text);
  if (constant !== undefined) return { rows: [[constant]] };
  if (/^\{.*\}$/s.test(text)) {
    const rows = splitOutsideTexts(text.slice(1, -1), ";").map((row) => splitOutsideTexts(row, ",").map((cell) => readConstant(cell.trim())));
    return rows.flat().includes(undefined) ? { formula: text } : { rows };
  }
  const reference = /^(?:(?:'(?:[^']|'')+'|[\p{L}\p{N}_.]+)!)?[$\p{L}_\\][$\p{L}\p{N}_.]*(?::[$\p{L}\p{N}]+)?#?$/u;
  return reference.test(text) ? { reference: text } : { formula: text };
}

function readConstant(text) {
  if (/^"(?:[^"]|"")*"$/s.test(text)) return text.slice(1, -1).replace(/""/g, '"');
  if (/^(TRUE|FALSE)$/i.test(text)) return text.toUpperCase() === "TRUE";
  if (/^[-+]?(\d+\.?\d*|\.\d+)(E[-+]?\d+)?%?$/i.test(text)) {
    return text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
  }
  return /^#(NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A)$/.test(text) ? { error: text } : undefined;
}

function splitOutsideTexts(text, sign) {
  const parts = [""];
  let quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (letter === sign && !quoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
