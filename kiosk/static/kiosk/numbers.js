// Owns what may be typed on the keypads: phone numbers, member numbers, appointment codes. Pure.

const isPhone = (text) => /^1\d{10}$/.test(text);
const isCode = (text) => /^\d{6}$/.test(text);
const isMember = (text) => /^[A-Z][A-Z0-9]{3,11}$/.test(text) || /^[02-9]\d{5,11}$/.test(text);

/** What the two keypads take: which keys, when they are ready, what is sent, what is still missing. */
export const KINDS = {
  vip: {
    accepts: /^[A-Z0-9]$/,
    ready: (text) => isPhone(text) || isMember(text),
    body: (text) => (isPhone(text) ? { phone: text } : { member_no: text }),
    missing: (text) => (text.startsWith("1") ? 11 - text.length : 0),
  },
  "check-in": {
    accepts: /^[0-9]$/,
    ready: (text) => isPhone(text) || isCode(text),
    body: (text) => (isPhone(text) ? { phone: text } : { code: text }),
    missing: (text) => (text.length === 0 ? 0 : (text.length < 6 ? 6 : 11) - text.length),
  },
};

/** The text with one more key, if there is room for it. */
export const typed = (kind, text, key) => (KINDS[kind].accepts.test(key) && text.length < (/^[A-Z]/.test(text) ? 12 : 11) ? text + key : text);

/** Groups as people read them: 138 0013 8000. */
export const groups = (text) => (/^1\d{6,}$/.test(text) ? [text.slice(0, 3), text.slice(3, 7), text.slice(7)] : [text]).filter(Boolean);
