// Times in the viewer's own zone: every <time datetime> is written anew, also those that come later.
(() => {
  const language = document.documentElement.lang || "en";
  const told = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "sv-SE", { dateStyle: "short", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "sv-SE", { dateStyle: "medium", timeStyle: "long" });
  const clock = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "sv-SE", { timeStyle: "medium" });
  const tell = (time) => {
    const moment = new Date(time.dateTime);
    if (time.dataset.told === time.dateTime || Number.isNaN(moment.getTime()) || time.dateTime.length <= 10) return;
    time.dataset.told = time.dateTime;
    time.textContent = ("clock" in time.dataset ? clock : told).format(moment);
    time.title = exact.format(moment);
  };
  const look = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.tagName === "TIME") tell(node);
    node.querySelectorAll("time[datetime]").forEach(tell);
  };
  const begin = () => {
    look(document.body);
    new MutationObserver((changes) => changes.forEach((change) => {
      change.addedNodes.forEach(look);
      if (change.target.tagName === "TIME") tell(change.target);
    })).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["datetime"] });
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", begin) : begin();
})();
