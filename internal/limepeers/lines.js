'use strict';
// Lines of JSON: what happened goes out, what to do comes in.
const readline = require('readline');

console.debug = () => {}; // the libraries would write between the lines
console.log = () => {};

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');

// orders calls the function that a line names with what the line holds. The
// end of the input ends the program.
function orders(table) {
  readline.createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [name] = Object.keys(JSON.parse(line));
      table[name](JSON.parse(line)[name]);
    })
    .on('close', () => process.exit(0));
}
module.exports = { say, orders };
