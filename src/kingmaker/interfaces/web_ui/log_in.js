// The form is sent as JSON, as a program would; the answer sets the session's cookie, which no script reads.
document.addEventListener("submit", async (event) => {
  if (event.target.id !== "log-in") return;
  event.preventDefault();
  const said = Object.fromEntries(new FormData(event.target));
  const answer = await fetch("/api/v1/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(said),
  });
  if (answer.ok) {
    const to = new URLSearchParams(location.search).get("to") || "/";
    location.assign(/^\/(?![\/\\])/.test(to) ? to : "/");
    return;
  }
  const problem = await answer.json();
  document.getElementById("refused").textContent = [problem.detail, problem.remedy].filter(Boolean).join(". ");
});
