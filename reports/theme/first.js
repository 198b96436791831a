// Runs before anything is shown: what needs this script may count on it, and a theme that was chosen holds at once.
"use strict";
document.documentElement.classList.add("js");
try { document.documentElement.dataset.theme = localStorage.getItem("theme") || ""; } catch (error) { /* storage is off: follow the system */ }
