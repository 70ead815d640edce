// The review card: draws what the kernel sends, and sends back what the reviewer chose.
//
// Two rules hold it together:
//   1. The next cards are here before they are needed, so a key is answered at once.
//   2. A decision counts as saved only when the kernel says that it is on disk. One decision is
//      on its way at a time; the next one waits for it. So whatever dies, one card is lost at most.
//
// Nothing is fetched, and no text of an opinion is ever read as HTML.

const SLOW = 3000; // ms until we say that we are waiting
const LOST = 12000; // ms until a decision without an answer is taken for not saved
const AHEAD = 8; // cards that should be here beyond the one on screen
const KIND_KEYS = ["q", "w", "e", "r"];
const CANDIDATE_KEYS = ["z", "x", "c"];
const ADOPT_KEYS = ["h", "j", "k", "l"];
const OUTSIDE = "計画外";

const HELP = [
  ["1 – 9", "テーマを付ける・外す"],
  ["0", "テーマをすべて外す（該当なし）"],
  ["Q W E R", "種別を選ぶ（要望・課題・事例・懸念）"],
  ["A", "元の資料の位置のままにする"],
  ["Z X C", "施策の候補 1・2・3 を選ぶ"],
  ["V", "計画外にする"],
  ["M", "すべての施策の一覧から選ぶ"],
  ["N", "メモを書く（Esc で戻る）"],
  ["Enter", "今の選択で決めて、次へ"],
  ["S", "決めずに、次へ（あとで）"],
  ["U", "直前の決定を取り消す"],
  ["← →", "前後の意見へ移る"],
  ["T", "同趣旨の意見を取り出し、一件ずつにする"],
  ["H J K L", "くい違いで、その人の判断を写す"],
  ["F", "しぼり込みを開く・閉じる"],
  ["?", "この一覧を開く・閉じる"],
];

export default {
  render({ model, el }) {
    const view = new ReviewView(model, el);
    return () => view.close();
  },
};

/** Make an element: `make("button", { class: "x", onclick }, "text", child)`. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** The key that was pressed: a small letter or a name, also under a Japanese input method. */
function keyOf(event) {
  let key = event.key;
  if (key === "Process" || key === "Unidentified") key = event.code.replace(/^(Key|Digit|Numpad)/, "");
  key = key.normalize("NFKC");
  return key.length === 1 ? key.toLowerCase() : key;
}

class ReviewView {
  constructor(model, el) {
    this.model = model;
    this.id = Math.random().toString(36).slice(2);
    this.seq = 0;
    this.state = null; // what the kernel said of the queue
    this.progress = null;
    this.cards = new Map(); // by position
    this.drafts = new Map(); // by key: chosen, not decided
    this.position = 0;
    this.sending = null; // the decision on its way
    this.acceptNext = false; // Enter was pressed meanwhile
    this.asked = new Set(); // positions on their way

    this.build(el);
    this.onMessage = (answer) => this.take(answer);
    this.onLive = () => this.checkAlive();
    model.on("msg:custom", this.onMessage);
    model.on("comm_live_update", this.onLive);
    this.followTheme();
    this.ask({ do: "open" });
  }

  close() {
    clearInterval(this.watch);
    this.model.off("msg:custom", this.onMessage);
    this.model.off("comm_live_update", this.onLive);
    this.observer.disconnect();
    this.darkMedia.removeEventListener("change", this.applyTheme);
  }

  // ---- talking with the kernel

  ask(question) {
    const seq = ++this.seq;
    try {
      this.model.send({ ...question, seq, view: this.id });
    } catch {
      return 0; // the connection is gone
    }
    return seq;
  }

  take(answer) {
    if (answer.view !== this.id) return;
    this.alive = true;
    this.progress = answer.progress;
    if (answer.is === "state" || answer.is === "undone") this.enter(answer);
    for (const [place, card] of Object.entries(answer.cards)) {
      this.cards.set(Number(place), card);
      this.asked.delete(Number(place));
    }
    if (answer.is === "saved") this.saved(answer);
    else if (answer.is === "failed") this.failed(answer.seq, answer.why);
    else if (answer.is === "undone") this.say(answer.key ? "取り消しました" : "取り消すものがありません", "saved");
    this.draw(answer.is === "state" || answer.is === "undone");
  }

  enter(state) {
    this.state = state;
    this.position = state.position;
    this.cards = new Map();
    this.asked = new Set();
    this.acceptNext = false;
    this.unsay();
    this.colours();
    this.fillFilters();
    if (state.is === "undone") this.drafts.clear();
    if (state.notes.length) this.warn(state.notes.join(" "));
  }

  /** Positions around here that we lack and have not asked for. */
  wanted() {
    const found = [];
    const last = Math.min(this.position + AHEAD, this.total() - 1);
    for (let place = Math.max(this.position - 1, 0); place <= last; place++) {
      if (!this.cards.has(place) && !this.asked.has(place)) found.push(place);
    }
    // in larger lots, so that not every key brings a message
    if (found.length) for (let place = last + 1; place <= Math.min(last + AHEAD, this.total() - 1); place++) found.push(place);
    found.forEach((place) => this.asked.add(place));
    return found;
  }

  total() {
    return this.progress ? this.progress.cards : 0;
  }

  // ---- deciding

  /** What is chosen on a card: what was being chosen, else what was decided, else what is suggested. */
  draft(card) {
    // what was suggested in another order must not shine through where it is blind
    const place = `${this.state.mode} ${card.key}`;
    if (!this.drafts.has(place)) {
      const from = card.decision ?? (this.state.settling ? this.agreed(card) : card.suggested) ?? {};
      this.drafts.set(place, {
        themes: from.themes ? [...from.themes] : null, // null: nothing chosen yet, which is not 該当なし
        kind: from.kind ?? "",
        measure: from.measure ?? "",
        note: from.note ?? "",
      });
    }
    return this.drafts.get(place);
  }

  /** Where the reviewers agree on a card that is to be settled. */
  agreed(card) {
    const [first, ...rest] = card.others;
    if (!first) return card.suggested;
    return {
      themes: first.themes.filter((name) => rest.every((one) => one.themes.includes(name))),
      kind: rest.every((one) => one.kind === first.kind) ? first.kind : "",
      measure: rest.every((one) => one.measure === first.measure) ? first.measure : "",
    };
  }

  accept() {
    if (!this.state) return;
    if (this.sending) {
      this.acceptNext = true;
      return;
    }
    const card = this.cards.get(this.position);
    if (!card) {
      if (this.position >= this.total()) this.choose({}); // the end: what is left
      return;
    }
    const draft = this.draft(card);
    if (!draft.themes || !draft.kind) {
      this.say(draft.themes ? "種別を選んでください（Q W E R）" : "テーマか「該当なし」を選んでください（1 – 9、0）", "failed");
      return;
    }
    const from = this.position;
    this.move(from + 1, false);
    const question = { do: "decide", key: card.key, position: this.position, want: this.wanted(), ...draft };
    this.sending = { card, from, draft: { ...draft }, since: performance.now(), seq: 0 };
    this.say("保存中…", "saving");
    this.draw();
    this.sending.seq = this.ask(question);
    if (!this.sending.seq) this.failed(0, this.goneText());
  }

  saved(answer) {
    const sending = this.sending;
    if (!sending || sending.card.key !== answer.key) return;
    this.sending = null;
    sending.card.decision = { ...sending.draft, reviewer: this.state.reviewer, time: "", blind: sending.card.blind };
    this.say("保存ずみ", "saved");
    if (this.acceptNext) {
      this.acceptNext = false;
      this.accept();
    }
  }

  /** A decision that is not on disk: back to its card, and no further before it is. */
  failed(seq, why) {
    this.acceptNext = false;
    if (this.sending && (seq === this.sending.seq || !seq)) {
      this.position = this.sending.from;
      this.cards.set(this.position, this.sending.card);
      this.sending = null;
      this.say(`保存できません — ${why}`, "failed", true);
    } else {
      this.say(why, "failed");
    }
    this.draw();
  }

  goneText() {
    return "プログラム（カーネル）との接続が切れました。このセルをもう一度実行すると、続きから始められます。保存ずみの分は残っています";
  }

  /** Told that the connection changed: ask, and say so when nobody answers. */
  checkAlive() {
    this.alive = false;
    this.ask({ do: "move", position: this.position });
    setTimeout(() => {
      if (this.alive) return;
      if (this.sending) this.failed(0, this.goneText());
      else this.say(this.goneText(), "failed", true);
    }, SLOW);
  }

  watchSaving() {
    if (!this.sending) return;
    const waited = performance.now() - this.sending.since;
    if (waited > LOST) this.failed(0, "プログラム（カーネル）の返事がありません。Enter でもう一度試せます");
    else if (waited > SLOW) this.say("保存を待っています…", "saving");
  }

  move(position, tell = true) {
    this.position = Math.min(Math.max(position, 0), this.total());
    this.unsay();
    if (!tell) return;
    this.ask({ do: "move", position: this.position, want: this.wanted() });
    this.draw();
  }

  /** Moving by hand: not away from a decision that is on its way. */
  step(by) {
    if (this.state && !this.sending) this.move(this.position + by);
  }

  undo() {
    if (this.state && !this.sending) this.ask({ do: "undo" });
  }

  apart() {
    const card = this.cards.get(this.position);
    if (card?.copies.length && !this.sending) this.ask({ do: "apart", key: card.key });
  }

  choose(change) {
    if (!this.state || this.sending) return;
    const filters = { ...this.state.filters, ...(change.filters ?? {}) };
    this.ask({ do: "choose", mode: change.mode ?? this.state.mode, size: change.size ?? this.state.size, filters });
  }

  /** Change what is chosen on the card that is shown. */
  change(edit) {
    const card = this.cards.get(this.position);
    if (!card) return;
    this.unsay();
    edit(this.draft(card), card);
    this.drawChoice(card);
  }

  toggleTheme(index) {
    const theme = this.state.themes[index];
    if (!theme) return;
    this.change((draft) => {
      const before = draft.themes ?? [];
      const has = before.includes(theme.name);
      draft.themes = has ? before.filter((name) => name !== theme.name) : [...before, theme.name];
    });
  }

  clearThemes() {
    this.change((draft) => (draft.themes = []));
  }

  setKind(kind) {
    if (kind) this.change((draft) => (draft.kind = kind));
  }

  setMeasure(label) {
    if (label && this.state.measures.includes(label)) this.change((draft) => (draft.measure = label));
  }

  adopt(index) {
    const other = this.cards.get(this.position)?.others[index];
    if (!other) return;
    this.change((draft) => {
      Object.assign(draft, { themes: [...other.themes], kind: other.kind, measure: other.measure });
    });
  }

  // ---- keys

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    if (event.isComposing || this.help.open) return;
    const target = event.target;
    const key = keyOf(event);
    if (target.matches("textarea, input, select")) {
      if (key === "Escape") {
        event.preventDefault();
        this.root.focus();
      }
      return;
    }
    // Enter and the space bar press the button or open the details that have the focus
    if ((key === "Enter" || key === " ") && target.closest("button, summary")) return;
    if (this.press(key)) event.preventDefault();
  }

  press(key) {
    const card = this.cards.get(this.position);
    const kind = KIND_KEYS.indexOf(key);
    const candidate = CANDIDATE_KEYS.indexOf(key);
    const adopted = ADOPT_KEYS.indexOf(key);
    if (/^[1-9]$/.test(key)) this.toggleTheme(Number(key) - 1);
    else if (key === "0") this.clearThemes();
    else if (kind >= 0) this.setKind(this.state?.kinds[kind]);
    else if (candidate >= 0) this.setMeasure(this.candidates(card)[candidate]?.label);
    else if (adopted >= 0) this.adopt(adopted);
    else if (key === "a") this.setMeasure(card?.filed);
    else if (key === "v") this.setMeasure(OUTSIDE);
    else if (key === "m") this.list.focus();
    else if (key === "n") this.note.focus();
    else if (key === "Enter") this.accept();
    else if (key === "s") this.step(1);
    else if (key === "u") this.undo();
    else if (key === "t") this.apart();
    else if (key === "f") this.toggleFilters();
    else if (key === "ArrowRight" || key === "ArrowDown") this.step(1);
    else if (key === "ArrowLeft" || key === "ArrowUp") this.step(-1);
    else if (key === "?" || key === "/") this.toggleHelp();
    else return false;
    return true;
  }

  toggleHelp() {
    if (this.help.open) this.help.close();
    else this.help.showModal();
  }

  toggleFilters() {
    this.filterBox.open = !this.filterBox.open;
    if (this.filterBox.open) this.filterBox.querySelector("select, input").focus();
  }

  // ---- drawing

  build(el) {
    this.root = make("div", {
      class: "iken-review",
      lang: "ja",
      tabindex: "0",
      role: "group",
      "aria-label": "意見の確認。? でキーの一覧",
      "data-lm-suppress-shortcuts": "true",
      onkeydown: (event) => this.onKey(event),
      onkeyup: (event) => event.stopPropagation(),
    });
    this.modes = make("div", { class: "modes", role: "group", "aria-label": "順番" });
    this.filterBox = make("details", { class: "filters" });
    this.helpButton = this.button("キーの一覧", "?", () => this.toggleHelp(), { class: "quiet" });
    this.where = make("span", { class: "where" });
    this.bar = make("progress", { "aria-hidden": "true" });
    this.left = make("span", { class: "left" });
    this.status = make("span", { class: "status", role: "status" });
    this.banner = make("p", { class: "banner", role: "alert", hidden: true });
    this.body = make("div", { class: "body" });
    this.voice = make("div", { class: "unseen", "aria-live": "polite" });
    this.help = this.buildHelp();
    this.root.append(
      make("div", { class: "top" }, this.modes, this.filterBox, this.helpButton),
      make("div", { class: "so-far" }, this.where, this.bar, this.left, this.status),
      this.banner,
      this.body,
      make("p", { class: "hint" }, "カードを一度押すと、キーで操作できます"),
      this.voice,
      this.help,
    );
    // after a click the keys go to the card again, not to the button
    this.root.addEventListener("click", (event) => {
      if (event.detail > 0 && event.target.closest("button") && !this.help.open) this.root.focus({ preventScroll: true });
    });
    this.watch = setInterval(() => this.watchSaving(), 500);
    el.append(this.root);
  }

  buildHelp() {
    const rows = HELP.map(([keys, what]) => make("tr", {}, make("th", { scope: "row" }, ...keysOf(keys)), make("td", {}, what)));
    const title = `help-${this.id}`;
    const help = make("dialog", { class: "help", "aria-labelledby": title });
    help.append(
      make("h2", { id: title }, "キーの一覧"),
      make("table", {}, make("tbody", {}, ...rows)),
      make("p", {}, "決めたことは、その場で保存されます。メモを書いているあいだは、キーは文字になります。"),
      this.button("閉じる", "Esc", () => help.close(), { class: "main" }),
    );
    help.addEventListener("close", () => this.root.focus({ preventScroll: true }));
    help.addEventListener("keydown", (event) => {
      if (keyOf(event) === "?" || keyOf(event) === "/") help.close();
      event.stopPropagation();
    });
    return help;
  }

  button(label, key, act, attributes = {}) {
    const shortcut = key ? { "aria-keyshortcuts": key } : {};
    return make("button", { type: "button", onclick: act, ...shortcut, ...attributes }, label, key ? keyCap(key) : null);
  }

  draw(isNew = false) {
    if (!this.state) return;
    this.drawProgress();
    if (isNew) this.drawModes();
    const card = this.cards.get(this.position);
    if (card) this.drawCard(card);
    else if (this.position >= this.total()) this.drawEnd();
    else {
      this.body.replaceChildren(make("p", { class: "empty" }, "読み込んでいます…"));
      const want = this.wanted();
      if (want.length) this.ask({ do: "move", position: this.position, want });
    }
    this.root.dataset.position = this.position;
    this.root.dataset.key = card ? card.key : "";
    this.root.dataset.painted = performance.now(); // for who measures
  }

  drawModes() {
    const buttons = this.state.modes.map((mode) =>
      make("button", {
        type: "button",
        "aria-pressed": String(mode === this.state.mode),
        onclick: () => this.choose({ mode }),
      }, mode),
    );
    this.modes.replaceChildren(...buttons);
  }

  drawProgress() {
    const { cards, decided, opinions, reviewed, doubtful } = this.progress;
    const here = Math.min(this.position + 1, cards);
    this.where.textContent = `${here} / ${cards} 枚`;
    this.bar.max = Math.max(cards, 1);
    this.bar.value = decided;
    this.left.textContent = `意見 ${opinions} 件のうち確認ずみ ${reviewed} 件・保留の残り ${doubtful} 件`;
  }

  drawEnd() {
    const { cards, decided } = this.progress;
    let text = "この並びは終わりです。";
    if (!cards) text = this.state.settling ? "くい違いはありません。" : "当てはまる意見はありません。しぼり込みを変えてください。";
    else if (decided < cards) text += `あとで見るとした ${cards - decided} 枚が残っています。`;
    const again = cards > decided ? this.button("残りを見る", "Enter", () => this.choose({}), { class: "main" }) : null;
    const undo = this.button("取り消し", "U", () => this.undo());
    this.body.replaceChildren(make("div", { class: "empty" }, make("p", {}, text), make("div", { class: "actions" }, again, undo)));
    this.announce(text);
  }

  drawCard(card) {
    const shown = document.createDocumentFragment();
    if (card.blind) shown.append(make("p", { class: "banner plain" }, this.blindText()));
    shown.append(this.meta(card), this.text(card));
    if (card.copies.length) shown.append(this.copies(card));
    if (card.others.length) shown.append(this.others(card));
    this.choice = make("div", { class: "choice" });
    this.note = make("textarea", {
      rows: "1",
      "aria-label": "メモ",
      "aria-keyshortcuts": "N",
      placeholder: "気づいたことを残せます（Esc で戻る）",
      oninput: () => this.change((draft) => (draft.note = this.note.value)),
    });
    this.note.value = this.draft(card).note;
    shown.append(
      this.choice,
      make("label", { class: "field" }, make("span", { class: "name" }, "メモ ", keyCap("N")), this.note),
      make(
        "div",
        { class: "actions" },
        this.button(this.state.settling ? "これで決着して次へ" : "決めて次へ", "Enter", () => this.accept(), { class: "main" }),
        this.button("あとで", "S", () => this.step(1)),
        this.button("取り消し", "U", () => this.undo()),
        make("span", { class: "moves" },
          this.button("前へ", "←", () => this.step(-1)),
          this.button("次へ", "→", () => this.step(1)),
        ),
      ),
    );
    this.body.replaceChildren(shown);
    this.drawChoice(card);
    if (this.announced !== card.key) {
      this.announced = card.key;
      this.announce(`${this.position + 1} / ${this.total()}。${card.pieces.map(([text]) => text).join("")}`);
    }
  }

  blindText() {
    const left = this.state.left_out ? `（すでに候補を見て決めた ${this.state.left_out} 枚は除いてあります）` : "";
    return `盲検：判定の候補を見ずに決めます。この結果だけが精度の計算に使われます${left}`;
  }

  meta(card) {
    const rows = [["担当課", card.departments.join("、") || "（なし）"]];
    if (card.filed) rows.push(["元の位置", card.filed]);
    rows.push(["出典", card.source]);
    if (card.remark) rows.push(["備考", card.remark]);
    rows.push(...card.attributes);
    if (card.verdict) rows.push(["判定", card.verdict]);
    if (card.decision && !this.state.settling) rows.push(["確認", `決定ずみ（${card.decision.reviewer}）`]);
    return make("dl", { class: "meta" }, ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  }

  text(card) {
    const names = this.state.themes.map((theme) => theme.name);
    const parts = card.pieces.map(([text, owners]) => {
      if (!owners.length) return text;
      const numbers = owners.map((owner) => names.indexOf(owner) + 1);
      // the number is drawn by the style sheet: who copies the text gets the text
      return make("mark", { class: `t${numbers[0]}`, "data-numbers": numbers.join("・"), title: owners.join("・") }, text);
    });
    return make("blockquote", { class: "text" }, ...parts);
  }

  copies(card) {
    const rows = card.copies.map((copy) =>
      make("li", {}, copy.text, make("small", {}, [copy.source, copy.departments.join("、"), copy.filed].filter(Boolean).join("　"))),
    );
    const count = card.copies.length + 1;
    return make(
      "div",
      { class: "copies" },
      make("details", {}, make("summary", {}, `同趣旨 ${count} 件：この決定は ${count} 件すべてに付きます`), make("ul", {}, ...rows)),
      this.button("取り出して一件ずつに", "T", () => this.apart()),
    );
  }

  others(card) {
    const columns = card.others.map((one, index) =>
      make(
        "section",
        { "aria-label": `${one.reviewer}の判断` },
        make("h3", {}, one.reviewer),
        make("dl", {},
          ...this.differs("テーマ", card, one, (other) => [...other.themes].sort().join("、") || "該当なし"),
          ...this.differs("種別", card, one, (other) => other.kind),
          ...this.differs("施策", card, one, (other) => other.measure || "（決めていない）"),
          ...(one.note ? [make("dt", {}, "メモ"), make("dd", {}, one.note)] : []),
        ),
        this.button("この判断を写す", ADOPT_KEYS[index]?.toUpperCase(), () => this.adopt(index)),
      ),
    );
    return make("div", { class: "others" }, ...columns);
  }

  /** A row of a reviewer's decision; it stands out where the reviewers differ. */
  differs(name, card, one, value) {
    const isSame = card.others.every((other) => value(other) === value(one));
    return [make("dt", {}, name), make("dd", { class: isSame ? "" : "differs" }, isSame ? value(one) : `≠ ${value(one)}`)];
  }

  /** Chips and list: drawn anew at every change, the rest of the card stays (and so does the focus). */
  drawChoice(card) {
    const draft = this.draft(card);
    const focused = document.activeElement?.dataset?.chip;
    this.choice.replaceChildren(this.themeChips(card, draft), this.kindChips(card, draft), ...this.measureChips(card, draft));
    if (focused) this.choice.querySelector(`[data-chip="${CSS.escape(focused)}"]`)?.focus();
  }

  chips(name, hint, chips) {
    const id = `${name}-${this.id}`;
    return make("div", { class: "field" },
      make("span", { class: "name", id }, name, hint ? make("small", {}, hint) : null),
      make("div", { class: "chips", role: "group", "aria-labelledby": id }, ...chips),
    );
  }

  chip(id, key, label, pressed, act, extra = {}) {
    const words = extra.words?.length ? make("small", { class: "words" }, extra.words.slice(0, 5).join("・")) : null;
    return make(
      "button",
      {
        type: "button",
        class: `chip ${extra.class ?? ""}`,
        "data-chip": id,
        "aria-pressed": String(pressed),
        "aria-keyshortcuts": key,
        onclick: act,
      },
      make("span", { class: "line" },
        key ? keyCap(key) : null,
        make("span", { class: "label" }, label),
        extra.percent === undefined ? null : make("span", { class: "percent" }, `${extra.percent}%`),
        extra.tag ? make("span", { class: "tag" }, extra.tag) : null,
      ),
      words,
    );
  }

  themeChips(card, draft) {
    const chips = this.state.themes.map((theme, index) => {
      const score = card.scores?.[theme.name];
      const key = index < 9 ? String(index + 1) : "";
      const given = Boolean(draft.themes?.includes(theme.name));
      return this.chip(`theme${index}`, key, theme.name, given, () => this.toggleTheme(index), {
        class: `t${index + 1}`,
        percent: score?.percent,
        tag: score?.doubt ? "迷い" : "",
        words: score && (score.percent >= 10 || given) ? score.words : [],
      });
    });
    chips.push(this.chip("none", "0", "該当なし", draft.themes?.length === 0, () => this.clearThemes(), { class: "none" }));
    return this.chips("テーマ", "", chips);
  }

  kindChips(card, draft) {
    const chips = this.state.kinds.map((kind, index) =>
      this.chip(`kind${index}`, KIND_KEYS[index]?.toUpperCase(), kind, draft.kind === kind, () => this.setKind(kind), {
        words: card.suggested?.kind === kind && card.kind_words ? [card.kind_words] : [],
      }),
    );
    return this.chips("種別", "", chips);
  }

  /** The candidates that stand beside the place where the source filed it. */
  candidates(card) {
    return (card?.candidates ?? []).filter((one) => one.label !== card.filed);
  }

  measureChips(card, draft) {
    if (!this.state.measures.length) {
      this.list = make("select");
      return [];
    }
    const chips = [];
    const chosen = (label) => draft.measure === label;
    const set = (label) => () => this.setMeasure(label);
    if (card.filed) {
      const found = card.candidates.find((one) => one.label === card.filed) ?? {};
      chips.push(this.chip("filed", "A", card.filed, chosen(card.filed), set(card.filed), { ...found, tag: "元の位置" }));
    }
    this.candidates(card).forEach((one, index) => {
      chips.push(this.chip(`candidate${index}`, CANDIDATE_KEYS[index]?.toUpperCase(), one.label, chosen(one.label), set(one.label), one));
    });
    if (!card.candidates?.some((one) => one.label === OUTSIDE) && card.filed !== OUTSIDE) {
      chips.push(this.chip("outside", "V", OUTSIDE, chosen(OUTSIDE), set(OUTSIDE)));
    }
    this.list = make("select", {
      "data-chip": "list",
      "aria-label": "施策の一覧",
      "aria-keyshortcuts": "M",
      onchange: () => this.change((now) => (now.measure = this.list.value)),
    }, make("option", { value: "" }, "（施策は決めない）"), ...this.state.measures.map((label) => make("option", { value: label }, label)));
    this.list.value = draft.measure;
    return [this.chips("施策", "", chips), make("label", { class: "field list" }, make("span", { class: "name" }, "一覧から ", keyCap("M")), this.list)];
  }

  fillFilters() {
    const { filters, options, blind, settling, size } = this.state;
    const names = { theme: "テーマ", department: "担当課", measure: "施策", verdict: "判定", state: "確認" };
    const active = blind ? [] : Object.entries(filters).filter(([name, value]) => value && !(settling && name === "state"));
    const choose = (name) => (event) => this.choose({ filters: { [name]: event.target.value } });
    const selects = Object.entries(names)
      .filter(([name]) => options[name].length)
      .map(([name, label]) => {
        const select = make("select", { onchange: choose(name), disabled: blind }, make("option", { value: "" }, "すべて"), ...options[name].map((one) => make("option", { value: one }, one)));
        select.value = filters[name];
        return make("label", {}, label, select);
      });
    const text = make("input", { type: "search", onchange: choose("text"), disabled: blind });
    text.value = filters.text;
    const number = make("input", { type: "number", min: "1", max: "9999", onchange: (event) => this.choose({ size: Number(event.target.value) || size }) });
    number.value = size;
    const none = Object.fromEntries(Object.keys(filters).map((name) => [name, ""]));
    const shown = active.map(([name, value]) => (name === "state" ? value : `${names[name] ?? "言葉"}：${value}`)).join("　");
    this.filterBox.replaceChildren(
      make("summary", { "aria-keyshortcuts": "F" }, "しぼり込み ", keyCap("F"), shown ? make("span", { class: "active" }, shown) : ""),
      make("div", { class: "fields" },
        ...selects,
        make("label", {}, "言葉", text),
        blind ? make("label", {}, "見本の枚数", number) : this.button("解除", "", () => this.choose({ filters: none })),
      ),
    );
  }

  say(text, state, isLasting = false) {
    this.isLasting = isLasting; // what was not saved stays said until it is
    this.status.textContent = text;
    this.status.dataset.state = state;
    this.banner.classList.toggle("bad", state === "failed");
    if (state === "failed") this.warn(text, true);
    else if (this.bannerIsError) this.warn("");
  }

  /** Take a prompt off the card once the reviewer goes on. */
  unsay() {
    if (this.bannerIsError && !this.isLasting) this.say("", "");
  }

  warn(text, isError = false) {
    this.bannerIsError = isError;
    this.banner.textContent = text;
    this.banner.hidden = !text;
  }

  announce(text) {
    this.voice.textContent = text;
  }

  // ---- light and dark

  followTheme() {
    this.darkMedia = window.matchMedia("(prefers-color-scheme: dark)");
    this.applyTheme = () => this.root.classList.toggle("dark", this.isDark());
    this.observer = new MutationObserver(this.applyTheme);
    this.observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-vscode-theme-kind"] });
    this.darkMedia.addEventListener("change", this.applyTheme);
    this.applyTheme();
  }

  isDark() {
    const body = document.body;
    if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false"; // JupyterLab
    const kind = body.dataset.vscodeThemeKind ?? body.className; // VS Code
    if (/vscode-/.test(kind)) return /vscode-dark|vscode-high-contrast(?!-light)/.test(kind);
    return this.darkMedia.matches;
  }

  colours() {
    this.state.themes.forEach(({ light, dark }, index) => {
      this.root.style.setProperty(`--light-${index + 1}`, light);
      this.root.style.setProperty(`--dark-${index + 1}`, dark);
    });
  }
}

function keyCap(key) {
  return make("kbd", { "aria-hidden": "true" }, key);
}

function keysOf(keys) {
  return keys.split(" ").map((key) => (key === "–" ? " – " : keyCap(key)));
}
