// What the schema that comes with Microsoft's package says against a unified manifest, as JSON on standard output.
"use strict";
const fs = require("node:fs");
const Ajv = require("ajv-draft-04");

const manifest = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const schemas = `${__dirname}/node_modules/@microsoft/app-manifest/build/json-schemas/teams`;
const schema = JSON.parse(fs.readFileSync(`${schemas}/v${manifest.manifestVersion}/MicrosoftTeams.schema.json`, "utf8"));
const ajv = new Ajv({ allErrors: true, strict: false });
require("ajv-formats")(ajv);
const valid = ajv.compile(schema);
valid(manifest);
process.stdout.write(JSON.stringify((valid.errors || []).map((fault) => `${fault.instancePath}: ${fault.message}`)));
