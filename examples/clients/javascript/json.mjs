/** Equality of JSON values, whatever the order of members; numbers by value. */
export function sameJson(left, right) {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  const names = Object.keys(left);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  );
}
