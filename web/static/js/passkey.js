// Passkeys: a form in a place with data-passkey (get or create) is signed by a
// device before it is sent. Its hidden fields hold the question (options) and
// take the answer (signed). Where the browser cannot do that, or stands at
// another address than the one that devices know, the form stays out of sight.
const able = window.PublicKeyCredential?.parseCreationOptionsFromJSON && window.PublicKeyCredential.prototype.toJSON;

const sign = {
  get: o => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(o) }),
  create: o => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(o) }),
};

for (const box of document.querySelectorAll('[data-passkey]')) {
  if (!able || box.dataset.origin !== location.origin) continue;
  box.querySelector('[hidden]').hidden = false;
  box.querySelector(':scope > .hint')?.remove();
  const form = box.querySelector('form');
  form.addEventListener('submit', async e => {
    e.preventDefault();
    try {
      const key = await sign[box.dataset.passkey](JSON.parse(form.elements.options.value));
      form.elements.signed.value = JSON.stringify(key.toJSON());
      form.submit();
    } catch {
      document.dispatchEvent(new CustomEvent('swapped', { detail: form })); // given up: the button works again
    }
  });
}
