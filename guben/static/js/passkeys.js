// Passkeys: asks the browser to make or to use one, and sends what it answers with the form. Without passkeys the
// button stays hidden and the page's other ways remain.
(() => {
  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const create = (asked) => {
    const publicKey = {
      ...asked,
      challenge: toBytes(asked.challenge),
      user: { ...asked.user, id: toBytes(asked.user.id) },
      excludeCredentials: withBytes(asked.excludeCredentials),
      authenticatorSelection: {
        ...asked.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    };
    return navigator.credentials.create({ publicKey });
  };
  const get = (asked) =>
    navigator.credentials.get({
      publicKey: { ...asked, challenge: toBytes(asked.challenge), allowCredentials: withBytes(asked.allowCredentials) },
    });

  const answerOf = (credential) => {
    const told = credential.response;
    const response = { clientDataJSON: toText(told.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (told[name]) response[name] = toText(told[name]);
    }
    if (told.getTransports) response.transports = told.getTransports();
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? null,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const optionsOf = async (form) => {
    if (!form.dataset.fetch) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.dataset.fetch, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const ask = async (form, button) => {
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    button.disabled = true;
    try {
      const options = await optionsOf(form);
      const asked = (options.creation_options ?? options.request_options).publicKey;
      const credential = await (form.dataset.passkey === "create" ? create(asked) : get(asked));
      form.querySelector("[name=credential]").value = JSON.stringify(answerOf(credential));
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-start]");
    const missing = form.querySelector("[data-passkey-missing]");
    // A passkey belongs to a name: where the address is a number, the browser makes none.
    if (!window.PublicKeyCredential || !navigator.credentials || /^[\d.]+$|^\[/.test(location.hostname)) {
      if (missing) missing.hidden = false;
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", () => ask(form, button));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form, button);
    });
  }
})();
