// Folds the navigation away where there is no room beside the page; without this script it stands above it.
const narrow = window.matchMedia("(max-width: 767px)");
const menu = document.querySelector("#site-nav > details");
const fit = () => {
  menu.open = !narrow.matches;
};
narrow.addEventListener("change", fit);
fit();

// The menu of the account closes when one looks elsewhere.
const account = document.querySelector("#user-tools");
document.addEventListener("click", (event) => {
  if (account?.open && !account.contains(event.target)) account.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && account?.open) {
    account.open = false;
    account.querySelector("summary").focus();
  }
});
