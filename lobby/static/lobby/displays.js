// Owns what the displays' settings page does beyond its forms: a colour picked is written, and what was saved is shown.
document.addEventListener("input", ({ target }) => {
  const { picks } = target.dataset;
  if (picks) target.form.elements[picks].value = target.value.toUpperCase();
});

document.addEventListener("saved", ({ target }) => "reload" in target.dataset && location.reload());
