// Reading tar archives: ustar, and the PAX and GNU extensions for long names.

import { Failure } from "./transport.mjs";

const BLOCK = 512;

/** The regular files of an archive; anything but files and folders is refused. */
export function archiveEntries(archive) {
  const entries = [];
  let long = {}; // what an extension said about the entry that follows it
  for (let offset = 0; offset + BLOCK <= archive.length; ) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.every((octet) => octet === 0)) break;
    checkSum(header);
    const size = long.size ?? number(header.subarray(124, 136));
    const octets = archive.subarray(offset + BLOCK, offset + BLOCK + size);
    if (octets.length !== size) throw new Failure("the archive ends within an entry");
    offset += BLOCK + Math.ceil(size / BLOCK) * BLOCK;

    const type = String.fromCharCode(header[156]);
    if (type === "x") {
      long = { ...long, ...paxRecords(octets) };
      continue;
    }
    if (type === "L") {
      long = { ...long, path: text(octets) };
      continue;
    }
    if (type === "K" || type === "g") continue; // the name of a link, which is refused below; what is said of all entries
    const path = (long.path ?? name(header)).replace(/^\.\//, "");
    long = {};
    if (type === "5" || (type === "\0" && path.endsWith("/"))) continue;
    // A link could point out of the folder, and sparse files grow out of nothing.
    if (type !== "0" && type !== "\0") throw new Failure(`${JSON.stringify(path)} is not a regular file`);
    entries.push({ path, octets });
  }
  return entries;
}

function checkSum(header) {
  const blank = Buffer.from(header).fill(" ", 148, 156);
  if (blank.reduce((sum, octet) => sum + octet, 0) !== number(header.subarray(148, 156))) throw new Failure("not an archive");
}

/** Octal digits, or a binary number when the first bit is set. */
function number(field) {
  const value =
    field[0] & 0x80
      ? field.reduce((sum, octet, position) => sum * 256 + (position ? octet : octet & 0x7f), 0)
      : Number(`0o${text(field).trim() || "0"}`);
  if (!Number.isSafeInteger(value)) throw new Failure("not an archive");
  return value;
}

function name(header) {
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? text(header.subarray(345, 500)) : "";
  return (prefix && `${prefix}/`) + text(header.subarray(0, 100));
}

/** `length key=value\n`, again and again; of the keys, those that say where an entry begins and what it is called. */
function paxRecords(octets) {
  const found = {};
  for (let offset = 0; offset < octets.length; ) {
    const [prefix, digits] = /^(\d{1,10}) /.exec(octets.toString("latin1", offset, offset + 11)) ?? [];
    const length = Number(digits);
    if (!prefix || length <= prefix.length || offset + length > octets.length) throw new Failure("not an archive");
    const record = octets.toString("latin1", offset + prefix.length, offset + length - 1);
    const [key, value] = [record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1)];
    if (key.startsWith("GNU.sparse")) throw new Failure("sparse files are refused");
    if (key === "path") found.path = value;
    if (key === "size") found.size = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    offset += length;
  }
  return found;
}

/** Octets up to a NUL, a character each. */
function text(field) {
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end < 0 ? field.length : end);
}
