// The table of contents is open beside the text on a wide screen, and folded above it on a narrow one.
const wide = matchMedia("(min-width: 70rem)");
const contents = document.querySelector(".side details");
const follow = () => { contents.open = wide.matches; };
wide.addEventListener("change", follow);
follow();
