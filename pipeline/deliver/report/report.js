"use strict";
// Narrows the list of opinions: by the fields above it, or to those that a figure counts.
// Everything else on the page works without this script.
(() => {
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const field = document.getElementById("f-text");
  const choices = [...form.querySelectorAll("select")];
  const items = [...document.querySelectorAll("#list > li")];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const texts = new Map(); // read once, when someone first searches
  let counted = null; // what a figure counts: {label, numbers}

  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, plain(item.querySelector(".text").textContent));
    return texts.get(item);
  };

  const fits = (item, words, chosen) =>
    chosen.every(([key, value]) => (item.dataset[key] ?? "").split(" ").includes(value)) &&
    words.every((word) => textOf(item).includes(word));

  const narrow = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    const chosen = choices.filter((one) => one.value).map((one) => [one.dataset.key, one.value]);
    let count = 0;
    items.forEach((item, index) => {
      item.hidden = !((!counted || counted.numbers.has(index + 1)) && fits(item, words, chosen));
      if (!item.hidden) count += 1;
    });
    const isWhole = !counted && !words.length && !chosen.length;
    const of = counted ? `「${counted.label}」のうち、` : "";
    const found = count ? `${count.toLocaleString("ja")}件` : "当てはまる意見はありません";
    shown.hidden = isWhole;
    shown.textContent = isWhole ? "" : `${of}${found}${count ? "を表示しています" : ""}（全${items.length.toLocaleString("ja")}件）`;
  };

  const clear = () => {
    counted = null;
    field.value = "";
    choices.forEach((one) => { one.value = ""; });
  };

  // an entry names its opinions as runs: 3、7～9
  const readEntry = (entry) => {
    const numbers = new Set();
    entry.querySelectorAll("dd a").forEach((link) => {
      const [first, last = first] = link.textContent.split("～").map(Number);
      for (let number = first; number <= last; number += 1) numbers.add(number);
    });
    return { label: entry.querySelector("dt").textContent, numbers };
  };

  const showList = () => {
    narrow();
    const heading = document.getElementById("h-opinions");
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  };

  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.matches(".entries > div")) {
      clear();
      counted = readEntry(target);
      showList();
    } else if (id === "opinions") {
      clear();
      showList();
    } else if (target.hidden) {
      clear();
      narrow();
      target.scrollIntoView();
    }
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 150);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    narrow();
  });
  window.addEventListener("hashchange", follow);
  // the same figure a second time changes no address
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) setTimeout(follow);
  });
  // for browsers that print what is folded as folded
  const folded = [];
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((one) => {
      one.open = true;
      folded.push(one);
    });
  });
  window.addEventListener("afterprint", () => folded.splice(0).forEach((one) => { one.open = false; }));

  form.hidden = false;
  follow();
})();
