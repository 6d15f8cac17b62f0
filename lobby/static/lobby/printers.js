// Owns what choosing a printer's model fills in beside it: width, cutter and QR code, as far as they are known.
document.addEventListener("change", ({ target }) => target.matches("form[data-command] select[name=model]") && fill(target));

function fill(model) {
  for (const [option, value] of Object.entries(model.selectedOptions[0].dataset)) {
    const field = model.form.elements[option];
    if (field?.type === "checkbox") field.checked = value === "yes";
    else if (field) field.value = value;
  }
}
