/** The page around the tag: who is logged in, and all the code there is, as it stands. Must not touch the element. */
import backend from "../app/tag.ts?raw";
import { get, type Me } from "./api.ts";
import { byId } from "./dom.ts";
import script from "./tag.ts?raw";
import style from "./tag.css?raw";
import "./tag.ts";

/** As the server has written it, an attribute a line. */
const written = (element: Element): string => {
  const attributes = element.getAttributeNames().map((name) => {
    const value = element.getAttribute(name);
    return value === "" ? name : `${name}="${value ?? ""}"`;
  });
  return `<${[element.localName, ...attributes].join("\n  ")}\n></${element.localName}>`;
};

const tag = document.querySelectorAll('script[src$="/connect-button.js"], alter-connect-button');
byId("page").textContent = [...tag].map(written).join("\n");
for (const [id, text] of Object.entries({ script, style, backend })) byId(id).textContent = text;

const me = await get<Me>("/api/me");
const user = me.ok ? me.value.user : null;
byId("login").hidden = user !== null;
byId("tag").hidden = user === null;
