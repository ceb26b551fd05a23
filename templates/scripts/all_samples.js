// The explorer of all test samples: shows one sample's values with its LIME and SHAP explanations.
"use strict";
(() => {
  const root = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("data-all_samples-explorer").textContent);
  const { words, features, samples } = data;
  const select = root.querySelector("select");
  const summary = root.querySelector(".explorer-summary");
  const body = root.querySelector("tbody");
  const input = root.querySelector("input");
  const buttons = [...root.querySelectorAll("button")];
  const formats = new Map();

  function number(value, digits, signed = false) {
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

  function fill(sentence, facts) {
    return sentence.replace(/<(\w+)>/g, (_, name) => facts[name]);
  }

  function side(positive) {
    return positive ? words.positive : words.negative;
  }

  function facts(sample) {
    return {
      index: number(sample.index, 0),
      probability: number(sample.probability, 3),
      predicted: side(sample.probability >= 0.5),
      label: side(sample.label === 1),
      base: number(data.base, 3),
      r2: number(sample.r2, 2),
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
    cell.append(element("bdi", number(value, 3, true), { dir: "ltr" }), track);
    return cell;
  }

  function show(position) {
    const sample = samples[position];
    const reach = Math.max(...sample.lime.map(Math.abs), ...sample.shap.map(Math.abs)) || 1;
    select.selectedIndex = position;
    input.value = number(sample.index, 0);
    input.removeAttribute("aria-invalid");
    summary.textContent = fill(words.summary, facts(sample));
    body.replaceChildren(...features.map((feature, j) => {
      const row = element("tr");
      const value = `${number(sample.values[j], feature.digits)} ${feature.unit}`.trim();
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

  function choose(position) {
    show(position);
    history.replaceState(null, "", `#sample=${samples[position].index}`);
  }

  // The position of the sample of that number, or -1.
  function positionOf(digits) {
    return /^\d+$/.test(digits) ? samples.findIndex((sample) => sample.index === Number(digits)) : -1;
  }

  // A number typed in Persian, Arabic or Latin digits.
  function typed() {
    const latin = input.value.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => digit.charCodeAt(0) & 15);
    const position = positionOf(latin.trim());
    if (position >= 0) {
      choose(position);
    } else {
      input.setAttribute("aria-invalid", "true");
      summary.textContent = fill(words.absent, { index: input.value });
    }
  }

  function follow() {
    const position = positionOf(location.hash.replace(/^#sample=/, ""));
    if (position >= 0) {
      show(position);
      root.scrollIntoView({ behavior: "instant" });
    }
  }

  root.querySelectorAll("[data-word]").forEach((place) => { place.textContent = words[place.dataset.word]; });
  root.querySelector("caption").textContent = words.table_caption;
  root.querySelector("thead tr").append(
    ...[words.feature, words.lime, words.shap].map((word) => element("th", word, { scope: "col" })),
  );
  select.append(...samples.map((sample) => element("option", fill(words.option, facts(sample)))));
  buttons.forEach((button, i) => {
    button.textContent = i === 0 ? words.previous : words.next;
    button.addEventListener("click", () => {
      const next = select.selectedIndex + Number(button.dataset.step);
      choose((next + samples.length) % samples.length); // round the ends, so that no button loses the focus
    });
  });
  select.addEventListener("change", () => choose(select.selectedIndex));
  input.addEventListener("change", typed);
  window.addEventListener("hashchange", follow);

  root.hidden = false;
  show(Math.max(0, samples.findIndex((sample) => sample.index === data.first)));
  follow();
  // again where what stands above has its final height: its pictures are decoded and its fonts are there
  window.addEventListener("load", () => document.fonts.ready.then(() => setTimeout(follow)));
})();
