"use strict";
(() => {
  const cards = [...document.querySelectorAll("article.card")];
  const folds = [...document.querySelectorAll("article.card details")];

  const toolbar = document.getElementById("toolbar");
  if (toolbar) {
    const filters = [...toolbar.querySelectorAll("[data-show]")];
    const shown = document.getElementById("shown");
    const show = (status) => {
      let count = 0;
      for (const card of cards) {
        card.hidden = status !== "" && card.dataset.status !== status;
        count += card.hidden ? 0 : 1;
      }
      for (const filter of filters) {
        filter.setAttribute("aria-pressed", String(filter.dataset.show === status));
      }
      shown.textContent = `${count} of ${cards.length} runs shown`;
    };
    for (const filter of filters) filter.addEventListener("click", () => show(filter.dataset.show));

    const unfold = document.getElementById("unfold");
    unfold.addEventListener("click", () => {
      const open = folds.some((fold) => !fold.open);
      for (const fold of folds) fold.open = open;
      unfold.textContent = open ? "Fold all details" : "Unfold all details";
    });

    // A link to a run that a filter hides must still lead there.
    window.addEventListener("hashchange", () => {
      const target = document.getElementById(location.hash.slice(1));
      if (target && target.hidden) {
        show("");
        target.scrollIntoView();
      }
    });
    toolbar.hidden = false;
  }

  window.addEventListener("beforeprint", () => {
    for (const fold of folds) fold.open = true;
  });

  const button = document.getElementById("regenerate");
  if (button) {
    const status = document.getElementById("regenerate-status");
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      status.textContent = "Working. This takes up to a minute.";
      try {
        const answer = await fetch("fixes", {
          method: "POST",
          headers: { "X-Scenario-Token": button.dataset.token },
        });
        if (!answer.ok) throw new Error(await answer.text());
        location.reload();
      } catch (error) {
        status.textContent = error.message || "The server does not answer.";
        button.removeAttribute("aria-disabled");
      }
    });
  }
})();
