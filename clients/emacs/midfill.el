;;; midfill.el --- Inline code completion with your own API key  -*- lexical-binding: t; -*-

;; Author: The midfill authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: convenience, tools, languages
;; URL: https://github.com/OWNER/midfill
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Ghost text at point from the `midfill' language server: (global-midfill-mode).
;;
;; It has its own connection to the server, and works with Eglot (which supports
;; only one language server per buffer), with lsp-mode, or without both.
;; midfill-lsp-mode.el uses the inline completion of lsp-mode instead.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'midfill-edits)
(require 'midfill-server)

(defface midfill-ghost '((t :inherit shadow))
  "Face of the suggested text.")

(defvar midfill-active-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "TAB") #'midfill-accept)
    (define-key map (kbd "<tab>") #'midfill-accept)
    (define-key map (kbd "M-f") #'midfill-accept-word)
    (define-key map (kbd "C-e") #'midfill-accept-line)
    (define-key map (kbd "M-n") #'midfill-next)
    (define-key map (kbd "M-p") #'midfill-previous)
    (define-key map (kbd "C-g") #'midfill-dismiss)
    map)
  "Keys while a suggestion is shown.")

;;;; The suggestion in this buffer

(defvar-local midfill--items nil "List of the server's items; nil if there is no suggestion.")
(defvar-local midfill--index 0 "Index of the shown item.")
(defvar-local midfill--invoked nil "Whether the items come from a manual request.")
(defvar-local midfill--start nil "Marker at the start of the shown item.")
(defvar-local midfill--end nil "Marker at the end of the text that the shown item replaces.")
(defvar-local midfill--overlay nil "Overlay that shows the rest of it; nil if nothing is shown.")

(add-to-list 'emulation-mode-map-alists `((midfill--overlay . ,midfill-active-map)))

(defun midfill-accept ()
  "Insert the suggestion."
  (interactive)
  (midfill--insert #'identity))

(defun midfill-accept-word ()
  "Insert the suggestion's next word, and keep the rest."
  (interactive)
  (midfill--insert
   (lambda (text)
     (if (string-match "\\`[[:space:]\n]*\\(?:[[:word:]_]+\\|[^[:word:]_[:space:]\n]+\\)" text)
         (match-string 0 text)
       text))))

(defun midfill-accept-line ()
  "Insert the rest of the suggestion's line, and keep the lines below."
  (interactive)
  (midfill--insert
   (lambda (text)
     (if (string-match "\\`\n*[^\n]+" text) (match-string 0 text) text))))

(defun midfill-next (&optional count)
  "Show the alternative at offset COUNT; request some if there is one item."
  (interactive "p")
  (if (and (length= midfill--items 1) (not midfill--invoked))
      (midfill--ask 1 (or count 1))
    (midfill--select (+ midfill--index (or count 1)))))

(defun midfill--select (index)
  "Show the item at INDEX, which wraps around."
  (when midfill--items
    (setq midfill--index (mod index (length midfill--items))))
  (midfill--draw))

(defun midfill-previous (&optional count)
  "Show the alternative at offset COUNT backwards."
  (interactive "p")
  (midfill-next (- (or count 1))))

(defun midfill-dismiss ()
  "Dismiss the suggestion."
  (interactive)
  (midfill--clear)
  (midfill--execute "midfill.dismissed" (vector (midfill--uri))))

(defun midfill-trigger ()
  "Send a manual request for suggestions."
  (interactive)
  (midfill--ask 1))

(defun midfill--insert (part)
  "Insert the part of the suggestion's rest that the function PART returns."
  (pcase-let* ((`(,text . ,replaced) (midfill--rest))
               (piece (funcall part text))
               (command (plist-get (midfill--item) :command)))
    (undo-boundary)
    (if (not (equal piece text))
        (midfill--insert-piece piece text)
      (midfill--clear)
      (delete-region (point) (+ (point) (length replaced)))
      (insert text)
      (when command
        (midfill--execute (plist-get command :command) (plist-get command :arguments))))
    (undo-boundary)))

(defun midfill--insert-piece (piece text)
  "Insert PIECE, the beginning of the suggestion's rest TEXT."
  (let ((item (midfill--item)))
    (insert piece)
    (midfill--draw)
    (jsonrpc-notify midfill--connection :textDocument/didPartiallyAcceptCompletion
                    (list :item item
                          :acceptedLength (- (+ (length (midfill--text item)) (length piece)) (length text))))))

(defun midfill--item ()
  "Return the shown item, or nil."
  (nth midfill--index midfill--items))

(defun midfill--text (item)
  "Return the text of ITEM."
  (let ((text (plist-get item :insertText)))
    (string-replace "\r" "" (if (stringp text) text (plist-get text :value)))))

(defun midfill--rest ()
  "Return the rest of the suggestion at point, and the text that it replaces.
The value is (TEXT . REPLACED), or nil if the text between the suggestion's
start and point does not agree with it."
  (when-let* ((item (midfill--item))
              ((<= midfill--start (point)))
              (text (midfill--text item))
              (typed (buffer-substring-no-properties midfill--start (point)))
              ((string-prefix-p typed text))
              (rest (substring text (length typed)))
              (replaced (buffer-substring-no-properties (point) (max (point) midfill--end)))
              ((not (member rest (list "" replaced)))))
    (cons rest replaced)))

(defun midfill--draw ()
  "Show the rest of the suggestion; drop a suggestion that no longer agrees."
  (when midfill--overlay
    (delete-overlay midfill--overlay)
    (setq midfill--overlay nil))
  (pcase (midfill--rest)
    (`(,text . ,replaced)
     (setq midfill--overlay (make-overlay (point) (+ (point) (length replaced))))
     (midfill--fill midfill--overlay text replaced))
    (_ (setq midfill--items nil))))

(defun midfill--fill (overlay text replaced)
  "Show TEXT in OVERLAY, which covers the text REPLACED."
  (let ((ghost (propertize text 'face 'midfill-ghost)))
    ;; Point stays before the ghost text.
    (put-text-property 0 1 'cursor t ghost)
    (if (string-empty-p replaced)
        (overlay-put overlay 'after-string ghost)
      (overlay-put overlay 'display "")
      (overlay-put overlay 'before-string ghost))))

(defun midfill--clear ()
  "Drop the suggestion."
  (setq midfill--items nil)
  (midfill--draw))

;;;; Requests

(defvar midfill-mode)
(defvar-local midfill--asked 0 "Number of requests from this buffer.")
(defvar-local midfill--tick 0 "Modification tick at the latest check.")

(defconst midfill--untyped
  (rx (or "undo" "replace" "indent-region" "indent-rigidly" "fill-" "format" "sort-" "align" "rename" "midfill-edit"))
  "Matches names of commands that edit text which the user did not type.")

(defun midfill--after-command ()
  "Keep the suggestion if the typed text agrees with it, and request more text.
After a change request the next edit as well."
  (let ((tick (buffer-chars-modified-tick)))
    (when midfill--items
      (midfill--draw))
    (if (= tick midfill--tick)
        (midfill--edit-draw)
      (setq midfill--tick tick)
      (midfill--edit-ask)
      (unless (and (symbolp this-command)
                   (string-match-p midfill--untyped (symbol-name this-command)))
        (midfill--ask 2)))))

(defun midfill--on-server ()
  "Request what was typed before the server was ready."
  (with-current-buffer (window-buffer (selected-window))
    (when (and midfill-mode (buffer-modified-p) (eq last-command 'self-insert-command))
      (midfill--ask 2))))

(defun midfill--refresh (uri)
  "Repeat the request if the buffer of URI is selected with a suggestion."
  (with-current-buffer (window-buffer (selected-window))
    (when (and midfill--items (equal uri (midfill--uri)))
      (midfill--ask 2))))

(defun midfill--ask (kind &optional ahead)
  "Request suggestions at point; KIND is LSP's InlineCompletionTriggerKind.
Then show the suggestion at offset AHEAD from the first."
  (when-let* ((server (midfill--server)))
    (midfill--flush)
    (let ((buffer (current-buffer))
          (number (cl-incf midfill--asked))
          (place (point)))
      (jsonrpc-async-request
       server :textDocument/inlineCompletion
       (list :textDocument (list :uri (midfill--uri))
             :position (midfill--position place)
             :context (list :triggerKind kind))
       :success-fn (lambda (result)
                     (when (buffer-live-p buffer)
                       (with-current-buffer buffer
                         (when (= number midfill--asked)
                           (midfill--on-answer result kind place)
                           (midfill--select (+ midfill--index (or ahead 0)))))))
       :error-fn #'ignore
       :timeout-fn #'ignore))))

(defun midfill--on-answer (result kind place)
  "Show the items in RESULT of a request at PLACE with the trigger KIND."
  (when-let* ((items (append (if (vectorp result) result (plist-get result :items)) nil)))
    (setq midfill--items items
          midfill--index 0
          midfill--invoked (= kind 1))
    (let ((range (plist-get (car items) :range)))
      (setq midfill--start (copy-marker (if range (midfill--point (plist-get range :start)) place))
            midfill--end (copy-marker (if range (midfill--point (plist-get range :end)) place) t)))
    (midfill--edit-clear)
    (jsonrpc-notify midfill--connection :textDocument/didShowCompletion (list :item (car items)))))

;;;; Commands of the server

(defun midfill-toggle ()
  "Switch suggestions off or on."
  (interactive)
  (midfill--clear)
  (midfill--execute "midfill.toggle" []))

(defun midfill-snooze (minutes)
  "Switch suggestions off for MINUTES."
  (interactive "nMinutes: ")
  (midfill--clear)
  (midfill--execute "midfill.snooze" (vector minutes)))

(defun midfill-stats ()
  "Show what completion cost today, in 7 and in 30 days, and its accepted share."
  (interactive)
  (midfill--execute
   "midfill.stats" []
   (lambda (figures)
     (message "midfill: %s" (plist-get figures :summary)))))

;;;; The mode

(defun midfill-lighter ()
  "Return the mode line text."
  (format " midfill:%s" (or (plist-get midfill-status :state) "-")))

;;;###autoload
(define-minor-mode midfill-mode
  "Show code completions at point as ghost text."
  :lighter (:eval (midfill-lighter))
  (if midfill-mode
      (progn
        (add-hook 'post-command-hook #'midfill--after-command nil t)
        (add-hook 'before-change-functions #'midfill--before-change nil t)
        (add-hook 'after-change-functions #'midfill--after-change nil t)
        (add-hook 'kill-buffer-hook #'midfill--close nil t)
        (setq midfill--tick (buffer-chars-modified-tick))
        (when (midfill--server)
          (midfill--flush)))
    (remove-hook 'post-command-hook #'midfill--after-command t)
    (remove-hook 'before-change-functions #'midfill--before-change t)
    (remove-hook 'after-change-functions #'midfill--after-change t)
    (remove-hook 'kill-buffer-hook #'midfill--close t)
    (midfill--clear)
    (midfill--edit-clear)
    (midfill--close)))

(defun midfill--turn-on ()
  "Turn on `midfill-mode' in a buffer that visits a local file."
  (when (and buffer-file-name (not (file-remote-p buffer-file-name)))
    (midfill-mode)))

;;;###autoload
(define-globalized-minor-mode global-midfill-mode midfill-mode midfill--turn-on
  :group 'midfill)

(provide 'midfill)
;;; midfill.el ends here
