;;; midfill.el --- Inline code completion on your own key  -*- lexical-binding: t; -*-

;; Author: The midfill authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: convenience, completion, languages
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Ghost text at point from the `midfill' language server: (global-midfill-mode).
;;
;; It speaks with the server itself, and so works beside Eglot (which serves a
;; buffer with one language server only), beside lsp-mode, and without either.
;; Those who want lsp-mode's own inline completion use midfill-lsp-mode.el.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
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

(defvar-local midfill--items nil "The server's items, a list; nil while nothing is suggested.")
(defvar-local midfill--index 0 "Which of them is shown.")
(defvar-local midfill--invoked nil "Whether they were asked for by hand.")
(defvar-local midfill--start nil "Marker: where the shown item begins.")
(defvar-local midfill--end nil "Marker: the end of the text that the shown item replaces.")
(defvar-local midfill--overlay nil "Overlay that shows what is left of it; nil while nothing is shown.")

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
  "Show the alternative COUNT further on, and ask for some where there is only one."
  (interactive "p")
  (if (and (length= midfill--items 1) (not midfill--invoked))
      (midfill--ask 1 (or count 1))
    (midfill--select (+ midfill--index (or count 1)))))

(defun midfill--select (index)
  "Show the item at INDEX; beyond the last one they go round."
  (when midfill--items
    (setq midfill--index (mod index (length midfill--items))))
  (midfill--draw))

(defun midfill-previous (&optional count)
  "Show the alternative COUNT before this one."
  (interactive "p")
  (midfill-next (- (or count 1))))

(defun midfill-dismiss ()
  "Take the suggestion away."
  (interactive)
  (midfill--clear)
  (midfill--execute "midfill.dismissed" (vector (midfill--uri))))

(defun midfill-trigger ()
  "Ask for suggestions now."
  (interactive)
  (midfill--ask 1))

(defun midfill--insert (part)
  "Insert what the function PART takes of the suggestion's rest."
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
  "Insert PIECE, with which the rest TEXT of the suggestion begins."
  (let ((item (midfill--item)))
    (insert piece)
    (midfill--draw)
    (jsonrpc-notify midfill--connection :textDocument/didPartiallyAcceptCompletion
                    (list :item item
                          :acceptedLength (- (+ (length (midfill--text item)) (length piece)) (length text))))))

(defun midfill--item ()
  "The item that is shown, or nil."
  (nth midfill--index midfill--items))

(defun midfill--text (item)
  "The text of ITEM."
  (let ((text (plist-get item :insertText)))
    (string-replace "\r" "" (if (stringp text) text (plist-get text :value)))))

(defun midfill--rest ()
  "What is left of the suggestion at point, and what that replaces.
That is (TEXT . REPLACED), or nil when what stands between the suggestion's
beginning and point does not agree with it."
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
  "Show what is left of the suggestion; forget one that no longer agrees."
  (when midfill--overlay
    (delete-overlay midfill--overlay)
    (setq midfill--overlay nil))
  (pcase (midfill--rest)
    (`(,text . ,replaced)
     (setq midfill--overlay (make-overlay (point) (+ (point) (length replaced))))
     (midfill--fill midfill--overlay text replaced))
    (_ (setq midfill--items nil))))

(defun midfill--fill (overlay text replaced)
  "Let OVERLAY, which lies over the text REPLACED, show TEXT."
  (let ((ghost (propertize text 'face 'midfill-ghost)))
    ;; Point stays before the ghost text.
    (put-text-property 0 1 'cursor t ghost)
    (if (string-empty-p replaced)
        (overlay-put overlay 'after-string ghost)
      (overlay-put overlay 'display "")
      (overlay-put overlay 'before-string ghost))))

(defun midfill--clear ()
  "Forget the suggestion."
  (setq midfill--items nil)
  (midfill--draw))

;;;; Asking

(defvar-local midfill--asked 0 "How often this buffer has asked.")
(defvar-local midfill--tick 0 "The modification tick at which it was last looked at.")

(defun midfill--after-command ()
  "Keep the suggestion if what was typed agrees with it, and ask for more."
  (let ((tick (buffer-chars-modified-tick)))
    (when midfill--items
      (midfill--draw))
    (unless (= tick midfill--tick)
      (setq midfill--tick tick)
      (unless (memq this-command '(undo undo-only undo-redo))
        (midfill--ask 2)))))

(defun midfill--refresh (uri)
  "Ask again if URI is shown with a suggestion of which there is more by now."
  (with-current-buffer (window-buffer (selected-window))
    (when (and midfill--items (equal uri (midfill--uri)))
      (midfill--ask 2))))

(defun midfill--ask (kind &optional ahead)
  "Ask for suggestions at point; KIND is LSP's InlineCompletionTriggerKind.
Then show the one that stands AHEAD of the first."
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
  "Show the items in RESULT, which were asked for at PLACE by a trigger of KIND."
  (when-let* ((items (append (if (vectorp result) result (plist-get result :items)) nil)))
    (setq midfill--items items
          midfill--index 0
          midfill--invoked (= kind 1))
    (let ((range (plist-get (car items) :range)))
      (setq midfill--start (copy-marker (if range (midfill--point (plist-get range :start)) place))
            midfill--end (copy-marker (if range (midfill--point (plist-get range :end)) place) t)))
    (jsonrpc-notify midfill--connection :textDocument/didShowCompletion (list :item (car items)))))

;;;; Commands of the server

(defun midfill-toggle ()
  "Switch suggestions off, and on again."
  (interactive)
  (midfill--clear)
  (midfill--execute "midfill.toggle" []))

(defun midfill-snooze (minutes)
  "Switch suggestions off for some MINUTES."
  (interactive "nMinutes: ")
  (midfill--clear)
  (midfill--execute "midfill.snooze" (vector minutes)))

(defun midfill-stats ()
  "Tell what was asked and accepted since the server began."
  (interactive)
  (midfill--execute
   "midfill.stats" []
   (lambda (counts)
     (let ((words (cl-loop for (name count) on counts by #'cddr unless (eql count 0)
                           collect (format "%s %s" (substring (symbol-name name) 1) count))))
       (message "midfill: %s" (if words (string-join words ", ") "nothing was asked yet"))))))

;;;; The mode

(defun midfill-lighter ()
  "What the mode line says."
  (format " midfill:%s" (or (plist-get midfill-status :state) "-")))

;;;###autoload
(define-minor-mode midfill-mode
  "Suggest, as ghost text, how the code at point could go on."
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
