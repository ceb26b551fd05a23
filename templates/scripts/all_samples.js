// The explorer of all test samples: shows one sample's values with its LIME and SHAP explanations.
"use strict";
(() => {
  const root = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("data-all_samples-explorer").textContent);
  const { words, features, samples } = data;
  const select = root.querySelector("select");
  const summary = root.querySelector(".explorer-summary");
  const body = root.querySelector("tbody");
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
    summary.textContent = fill(words.summary, facts(sample));
    body.replaceChildren(...features.map((feature, j) => {
      const row = element("tr");
      const value = `${number(sample.values[j], feature.digits)} ${feature.unit}`.trim();
      row.append(
        element("th", feature.name, { scope: "row" }),
        element("td", value, { className: "explorer-value" }),
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

  // The position of the sample that the address names, or -1.
  function linked() {
    const match = /^#sample=(\d+)$/.exec(location.hash);
    return match ? samples.findIndex((sample) => sample.index === Number(match[1])) : -1;
  }

  function follow() {
    const position = linked();
    if (position >= 0) {
      show(position);
      root.scrollIntoView();
    }
  }

  root.querySelector("[data-word=choose]").textContent = words.choose;
  root.querySelector("caption").textContent = words.table_caption;
  root.querySelector("thead tr").append(
    ...[words.feature, words.value, words.lime, words.shap].map((word) => element("th", word, { scope: "col" })),
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
  window.addEventListener("hashchange", follow);

  root.hidden = false;
  show(Math.max(0, samples.findIndex((sample) => sample.index === data.first)));
  follow();
})();
