// Owns asking npos what a job says: jobs in hexadecimal on standard input, one a line; what npos reads, as JSON, one a line.
"use strict";

const Parser = require("npos/lib/parser");
const rules = require("npos/lib/parser/rules");
const textualize = require("npos/lib/textualize");
const { GS } = require("npos/lib/parser/symbols");

// npos knows every command of a slip but QR codes. This is its own way to be told of one: the command's letters, and
// which of its splitters knows the length.
rules[GS]["(k"] = [0, "d16"];
const parser = new Parser(rules);

const say = console.log;
console.log = () => {}; // npos tells there what it is at

async function read(job) {
  const tree = await parser.parse(job);
  const commands = tree.tree.map((node) => {
    const name = node.fn ? node.ascii + node.fn : node.ascii;
    const begin = node.offset + (node.ascii === "STX" ? 0 : 1 + node.fn.length);
    return [name, job.subarray(begin, node.offset + node.length).toString("hex")];
  });
  // taken before the pictures' nodes are read, which npos changes in doing so
  const texts = await textualize(tree.entries.filter((entry) => entry.type === "text"), { ocr: false });
  const pictures = tree.entries.filter((entry) => entry.type === "raster").map((entry) => entry.data.toBuffer().toString("base64"));
  return { commands, text: texts.join(""), pictures };
}

async function main() {
  const lines = require("node:fs").readFileSync(0, "ascii").split("\n").filter(Boolean);
  for (const line of lines) say(JSON.stringify(await read(Buffer.from(line, "hex"))));
}

main();
