// Checks a mail's DKIM signature with mailauth.
//
// Arguments: the folder of the packages of tests/clients, the mail's file, the DNS name that may be asked for, and the TXT
// record it answers. Prints `good` or `bad`, the algorithm, the canonicalization, and the headers that are signed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, mail, name, record] = process.argv.slice(2);
const { dkimVerify } = createRequire(join(modules, "package.json"))("mailauth/lib/dkim/verify");

async function resolver(asked, kind) {
    if (asked === name && kind === "TXT") {
        return [[record]];
    }
    const error = new Error(`nothing but ${name} is known`);
    error.code = "ENOTFOUND";
    throw error;
}

const { results } = await dkimVerify(readFileSync(mail), { resolver });
const [only] = results;
const good = results.length === 1 && only.status.result === "pass" && only.signingDomain === "example.com";
const signed = (only.signingHeaders?.keys ?? "").toLowerCase().split(/\s*:\s*/);
console.log(good ? "good" : "bad", only.algo, only.format, [...new Set(signed)].sort().join(" "));
