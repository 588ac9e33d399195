document.getElementById("app")!.textContent = "Lotse";
