// Owns drawing the product's icons into pages that come drawn from the server; they are decoration only.
import { icon, render } from "./page.js";

for (const place of document.querySelectorAll("[data-icon]")) render(icon(place.dataset.icon), place);
