// Swagger UI has dark colours for a page that is marked so: mark it as the system asks.
const dark = matchMedia("(prefers-color-scheme: dark)");
const mark = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", mark);
mark();
