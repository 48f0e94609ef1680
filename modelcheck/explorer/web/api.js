// Questions to the server that served this page.

/** The answer to a question; an answer that is an error is thrown, with what helps. */
export async function ask(question, asked) {
  const response = await fetch(`api/${question}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const answer = await response.json();
  if (answer.error && answer.running === undefined) {
    throw new Error([`${answer.place ? `${answer.place}: ` : ""}${answer.error}`, answer.remedy].filter(Boolean).join("\n  "));
  }
  return answer;
}
