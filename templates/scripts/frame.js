"use strict";
// The table of contents is open beside the text on a wide screen, and folded above it on a narrow one.
const wide = matchMedia("(min-width: 70rem)");
const contents = document.querySelector(".side details");
const follow = () => { contents.open = wide.matches; };
wide.addEventListener("change", follow);
follow();

// Only boxes that scroll are stops of the Tab key.
const boxes = [...document.querySelectorAll(".table-box, .paper, .drawn, pre")];
function placeStops() {
  const scrolls = boxes.map((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight);
  boxes.forEach((box, i) => scrolls[i] ? box.setAttribute("tabindex", "0") : box.removeAttribute("tabindex"));
}
window.addEventListener("resize", placeStops);
document.fonts.ready.then(placeStops);
