// What the script says. The page brings the texts, in its language: `api_frontend/text/script_words.py`.

type Text = string | readonly [one: string, many: string];
type Values = Record<string, string | number>;

const texts = JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Record<string, Text>;
const language = document.documentElement.lang;

/** The visitor's own variant of the page's language ("en-GB" of "en"), else the page's. */
export const locale = navigator.languages.find((each) => each.split("-")[0] === language) ?? language;

const forms = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

function chosen(text: Text, count: number): string {
  if (typeof text === "string") return text;
  return forms.select(count) === "one" ? text[0] : text[1];
}

/** Fill a text's places; where it has two forms, `count` chooses. */
export function say(key: string, values: Values = {}): string {
  const text = texts[key];
  if (text === undefined) throw new Error(`the page brings no text "${key}"`);
  return chosen(text, Number(values.count)).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? numbers.format(value) : value;
  });
}
