// The metadata that Microsoft's generator makes of a script with JSDoc, as JSON on standard output.
"use strict";
const { generateCustomFunctionsMetadata } = require("custom-functions-metadata");

generateCustomFunctionsMetadata(process.argv[2]).then(({ metadataJson, errors }) => {
  if (errors.length) throw new Error(errors.join("\n"));
  process.stdout.write(metadataJson);
});
