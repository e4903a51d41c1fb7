// The form is sent as JSON, as a program would; the answer sets the session's cookie, which no script reads.
(() => {
  const form = document.getElementById("log-in");
  const refused = document.getElementById("refused");
  const why = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    if (answer.status === 401) return form.dataset.wrong;
    if (answer.status === 429) return form.dataset.locked.replace("{seconds}", answer.headers.get("Retry-After") || "60");
    return [problem.detail, problem.remedy].filter(Boolean).join(". ") || form.dataset.failed;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refused.textContent = "";
    const answer = await fetch("/api/v1/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    }).catch(() => null);
    if (answer?.ok) {
      const to = new URLSearchParams(location.search).get("to") || "/";
      location.assign(/^\/(?![\/\\])/.test(to) ? to : "/");
      return;
    }
    refused.textContent = answer === null ? form.dataset.failed : await why(answer);
    form.elements.password.select();
  });
})();
