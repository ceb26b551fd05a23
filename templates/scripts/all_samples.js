// The explorer of all test samples: shows one sample's values with its LIME and SHAP explanations.
// Its data lie in pages, blocks of JSON that are read when a sample of theirs is first shown.
"use strict";
(() => {
  const root = document.getElementById("explorer");
  const data = block("explorer");
  const { words, features } = data;
  const select = root.querySelector("select");
  const summary = root.querySelector(".explorer-summary");
  const body = root.querySelector("tbody");
  const input = root.querySelector("input");
  const pages = data.pages.map(() => null);
  const formats = new Map();
  let page = -1; // the one that the list shows

  function block(name) {
    return JSON.parse(document.getElementById(`data-all_samples-${name}`).textContent);
  }

  function samplesOf(number) {
    pages[number] ??= block(`page_${number + 1}`);
    return pages[number];
  }

  function format(value, digits, signed = false) {
    const key = `${digits} ${signed}`;
    if (!formats.has(key)) {
      formats.set(key, new Intl.NumberFormat(data.locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: signed ? "exceptZero" : "auto",
      }));
    }
    return formats.get(key).format(value).replace("-", "\u2212");
  }

  function count(value) {
    return format(value, 0);
  }

  function fill(sentence, facts) {
    return sentence.replace(/<(\w+)>/g, (_, name) => facts[name]);
  }

  function side(positive) {
    return positive ? words.positive : words.negative;
  }

  function facts(sample) {
    return {
      index: count(sample.index),
      probability: format(sample.probability, 3),
      predicted: side(sample.probability >= 0.5),
      label: side(sample.label === 1),
      base: format(data.base, 3),
      r2: format(sample.r2, 2),
    };
  }

  function element(tag, text = "", properties = {}) {
    const made = Object.assign(document.createElement(tag), properties);
    made.textContent = text;
    return made;
  }

  // The longest bar fills its half of the cell; both methods have the sample's own common scale.
  function contribution(value, reach) {
    const cell = element("td", "", { className: "contribution" });
    const bar = element("span", "", { className: value < 0 ? "lowers" : "raises" });
    bar.style.width = `${(50 * Math.abs(value)) / reach}%`;
    const track = element("span", "", { className: "track" });
    track.append(bar);
    cell.append(element("bdi", format(value, 3, true), { dir: "ltr" }), track);
    return cell;
  }

  function turn(number) {
    if (number === page) return;
    page = number;
    const samples = samplesOf(page);
    select.replaceChildren(...samples.map((sample) => element("option", fill(words.option, facts(sample)))));
    root.querySelector(".explorer-page").textContent = fill(words.page, {
      page: count(page + 1),
      pages: count(pages.length),
      first: count(samples[0].index),
      last: count(samples[samples.length - 1].index),
    });
  }

  function show({ number, position }) {
    turn(number);
    const sample = samplesOf(page)[position];
    const reach = Math.max(...sample.lime.map(Math.abs), ...sample.shap.map(Math.abs)) || 1;
    select.selectedIndex = position;
    input.value = count(sample.index);
    input.removeAttribute("aria-invalid");
    summary.textContent = fill(words.summary, facts(sample));
    body.replaceChildren(...features.map((feature, j) => {
      const row = element("tr");
      const value = `${format(sample.values[j], feature.digits)} ${feature.unit}`.trim();
      const heading = element("th", `${feature.name} `, { scope: "row" });
      heading.append(element("span", value, { className: "explorer-value" }));
      row.append(
        heading,
        contribution(sample.lime[j], reach),
        contribution(sample.shap[j], reach),
      );
      return row;
    }));
  }

  function choose(place) {
    show(place);
    history.replaceState(null, "", `#sample=${samplesOf(place.number)[place.position].index}`);
  }

  // Page and position of the sample of that number, or null.
  function placeOf(digits) {
    if (!/^\d+$/.test(digits)) return null;
    const index = Number(digits);
    const number = data.pages.filter((first) => first <= index).length - 1;
    const position = number < 0 ? -1 : samplesOf(number).findIndex((sample) => sample.index === index);
    return position < 0 ? null : { number, position };
  }

  // So many samples on, round the ends, so that no button loses the focus.
  function step(by) {
    const position = select.selectedIndex + by;
    if (position >= 0 && position < select.length) {
      choose({ number: page, position });
      return;
    }
    const number = round(page + by);
    choose({ number, position: by < 0 ? samplesOf(number).length - 1 : 0 });
  }

  function round(number) {
    return (number + pages.length) % pages.length;
  }

  // A number typed in Persian, Arabic or Latin digits, with or without marks between the thousands.
  function typed() {
    const latin = input.value.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => digit.charCodeAt(0) & 15);
    const place = placeOf(latin.replace(/[,\u066c\s]/g, ""));
    if (place) {
      choose(place);
    } else {
      input.setAttribute("aria-invalid", "true");
      summary.textContent = fill(words.absent, { index: input.value });
    }
  }

  function follow() {
    const place = placeOf(location.hash.replace(/^#sample=/, ""));
    if (place) {
      show(place);
      root.scrollIntoView({ behavior: "instant" });
    }
  }

  root.querySelectorAll("[data-word]").forEach((place) => { place.textContent = words[place.dataset.word]; });
  root.querySelector("caption").textContent = words.table_caption;
  root.querySelector("thead tr").append(
    ...[words.feature, words.lime, words.shap].map((word) => element("th", word, { scope: "col" })),
  );
  root.querySelectorAll("[data-step]").forEach((button) => {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  });
  root.querySelectorAll("[data-turn]").forEach((button) => {
    button.addEventListener("click", () => choose({ number: round(page + Number(button.dataset.turn)), position: 0 }));
  });
  select.addEventListener("change", () => choose({ number: page, position: select.selectedIndex }));
  input.addEventListener("change", typed);
  window.addEventListener("hashchange", follow);

  root.querySelector(".explorer-pages").hidden = pages.length === 1;
  root.hidden = false;
  show(placeOf(String(data.first)));
  follow();
  // again where what stands above has its final height: its pictures are decoded and its fonts are there
  window.addEventListener("load", () => document.fonts.ready.then(() => setTimeout(follow)));
})();
