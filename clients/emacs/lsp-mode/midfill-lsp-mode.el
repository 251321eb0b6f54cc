;;; midfill-lsp-mode.el --- midfill for lsp-mode's inline completion  -*- lexical-binding: t; -*-

;; Author: The midfill authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1") (lsp-mode "10.0.0"))
;; Keywords: convenience, tools, languages
;; URL: https://github.com/OWNER/midfill
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Registers the `midfill' language server with lsp-mode, in addition to the
;; servers of a buffer's language.  lsp-mode 10 shows inline completions; this
;; file shortens its delay and binds TAB to accept them.

;;; Code:

(require 'lsp-mode)
(require 'lsp-inline-completion)
(require 'midfill-server)

(defgroup midfill-lsp nil
  "midfill for lsp-mode."
  :group 'lsp-mode
  :prefix "midfill-lsp-")

(defcustom midfill-lsp-settings nil
  "Settings of the server: a plist with the structure of config.toml."
  :type 'plist)

(defcustom midfill-lsp-idle-delay 0.1
  "Seconds without a key before lsp-mode sends a request.
The server has its own debounce."
  :type 'number)

(setq lsp-inline-completion-idle-delay midfill-lsp-idle-delay)

(lsp-inline-completion--define-key
 lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept 'keep)

(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection #'midfill--command)
  :activation-fn (lambda (_file _mode) (derived-mode-p 'prog-mode 'text-mode 'conf-mode))
  :server-id 'midfill
  :add-on? t
  :multi-root t
  :initialization-options (lambda () midfill-lsp-settings)
  :notification-handlers (lsp-ht ("midfill/status" #'ignore))))

(provide 'midfill-lsp-mode)
;;; midfill-lsp-mode.el ends here
