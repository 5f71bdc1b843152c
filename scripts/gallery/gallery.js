/**
 * The gallery's own page: what is chosen in the form is in the address, and becomes a frame for each state, theme and
 * language. Knows names, and that an app answers the page's `ready`; how a state is reached is frame.js's to do.
 */
const { states, languages } = await (await fetch("/gallery/states.json")).json();
const form = document.querySelector("form");
const main = document.querySelector("main");
const ALL = "all";

const offer = (select, names) =>
  select.append(...names.map((name) => new Option(name, name)), new Option(ALL, ALL));
offer(form.elements.state, Object.keys(states));
offer(form.elements.language, languages);

/** Only what comes into view is loaded: there are hundreds. */
const inSight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    inSight.unobserve(target);
    load(target);
  }
});

const load = (frame) => {
  const { address, opened } = states[frame.dataset.state];
  // Opened by a window and not by an attribute, the frame has an opener, as the popup has.
  if (opened) open("/connect", frame.name);
  else frame.src = address.replace("{token}", tokenOf(frame));
};

const tokenOf = ({ dataset }) => `${dataset.state}-${dataset.language}`;

addEventListener("message", ({ source, data, origin }) => {
  if (origin !== location.origin || data?.type !== "alter-connect:ready") return;
  const frame = [...document.querySelectorAll("iframe")].find(
    ({ contentWindow }) => contentWindow === source,
  );
  if (!frame) return;
  const [token, challenge] = [tokenOf(frame), "c".repeat(43)];
  const session = { type: "alter-connect:session", v: 1, token, challenge };
  source.postMessage(session, origin);
});

const figure = (state, theme, language, width) => {
  const frame = document.createElement("iframe");
  frame.name = `${state} ${theme} ${language}`;
  frame.title = frame.name;
  frame.width = width;
  const steps = JSON.stringify(states[state].steps);
  Object.assign(frame.dataset, { state, theme, language, steps });
  const caption = document.createElement("figcaption");
  caption.textContent = `${state} · ${theme} · ${language}`;
  const whole = document.createElement("figure");
  whole.append(caption, frame);
  inSight.observe(frame);
  return whole;
};

const show = () => {
  const { state, theme, language, width } = Object.fromEntries(new FormData(form));
  inSight.disconnect();
  main.replaceChildren();
  for (const one of state === ALL ? Object.keys(states) : [state])
    for (const spoken of language === ALL ? languages : [language])
      for (const lit of theme === "both" ? ["light", "dark"] : [theme])
        main.append(figure(one, lit, spoken, width));
};

const read = () => {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (form.elements[name]) form.elements[name].value = value;
  show();
};
form.addEventListener("change", () => {
  location.hash = new URLSearchParams(new FormData(form)).toString();
});
addEventListener("hashchange", read);
form.elements.state.value = "confirm";
read();
