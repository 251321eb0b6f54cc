// Package ledger keeps double-entry accounts in memory and writes them to a journal.
package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"
)

// Amount is money in the smallest unit of its currency.
type Amount int64

// Kind says which side of an account grows.
type Kind int

const (
	Asset Kind = iota
	Liability
	Equity
	Income
	Expense
)

var (
	ErrUnbalanced = errors.New("ledger: postings do not sum to zero")
	ErrUnknown    = errors.New("ledger: unknown account")
	ErrClosed     = errors.New("ledger: period is closed")
)

// Account is one row of the chart of accounts.
type Account struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	Kind     Kind   `json:"kind"`
	Currency string `json:"currency"`
}

// Posting moves an amount into an account, or out of it when negative.
type Posting struct {
	Account string `json:"account"`
	Amount  Amount `json:"amount"`
	Memo    string `json:"memo,omitempty"`
}

// Entry is a set of postings that belong together.
type Entry struct {
	Date     time.Time `json:"date"`
	Text     string    `json:"text"`
	Postings []Posting `json:"postings"`
}

// Balanced reports whether the postings of the entry sum to zero.
func (e Entry) Balanced() bool {
	var sum Amount
	for _, posting := range e.Postings {
		sum += posting.Amount
	}
	return sum == 0 && len(e.Postings) >= 2
}

// Ledger holds accounts and entries; it is safe for concurrent use.
type Ledger struct {
	mu       sync.RWMutex
	accounts map[string]Account
	entries  []Entry
	balances map[string]Amount
	closed   time.Time
}

// New returns an empty ledger with the given chart of accounts.
func New(accounts ...Account) *Ledger {
	ledger := &Ledger{
		accounts: make(map[string]Account, len(accounts)),
		balances: make(map[string]Amount, len(accounts)),
	}
	for _, account := range accounts {
		ledger.accounts[account.Number] = account
	}
	return ledger
}

// Post adds an entry, or returns an error and leaves the ledger as it was.
func (l *Ledger) Post(entry Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(entry); err != nil {
		return fmt.Errorf("post %q: %w", entry.Text, err)
	}
	l.entries = append(l.entries, entry)
	for _, posting := range entry.Postings {
		l.balances[posting.Account] += posting.Amount
	}
	return nil
}

func (l *Ledger) check(entry Entry) error {
	if !entry.Date.After(l.closed) {
		return ErrClosed
	}
	if !entry.Balanced() {
		return ErrUnbalanced
	}
	for _, posting := range entry.Postings {
		if _, ok := l.accounts[posting.Account]; !ok {
			return fmt.Errorf("%w: %s", ErrUnknown, posting.Account)
		}
	}
	return nil
}

// Balance returns the balance of one account.
func (l *Ledger) Balance(number string) (Amount, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if _, ok := l.accounts[number]; !ok {
		return 0, fmt.Errorf("balance: %w: %s", ErrUnknown, number)
	}
	return l.balances[number], nil
}

// BalanceAt returns the balance of one account at the end of a day.
func (l *Ledger) BalanceAt(number string, day time.Time) Amount {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var sum Amount
	for _, entry := range l.entries {
		if entry.Date.After(day) {
			continue
		}
		for _, posting := range entry.Postings {
			if posting.Account == number {
				sum += posting.Amount
			}
		}
	}
	return sum
}

// Close forbids further entries up to and including the day.
func (l *Ledger) Close(day time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if day.After(l.closed) {
		l.closed = day
	}
}

// Line is one row of a trial balance.
type Line struct {
	Account Account
	Debit   Amount
	Credit  Amount
}

// Trial returns the trial balance, ordered by account number.
func (l *Ledger) Trial() []Line {
	l.mu.RLock()
	defer l.mu.RUnlock()
	lines := make([]Line, 0, len(l.accounts))
	for number, account := range l.accounts {
		line := Line{Account: account}
		if balance := l.balances[number]; balance >= 0 {
			line.Debit = balance
		} else {
			line.Credit = -balance
		}
		lines = append(lines, line)
	}
	sort.Slice(lines, func(i, j int) bool {
		return lines[i].Account.Number < lines[j].Account.Number
	})
	return lines
}

// Search returns the entries whose text or memo contains the word, newest first.
func (l *Ledger) Search(word string) []Entry {
	l.mu.RLock()
	defer l.mu.RUnlock()
	word = strings.ToLower(word)
	var found []Entry
	for i := len(l.entries) - 1; i >= 0; i-- {
		if mentions(l.entries[i], word) {
			found = append(found, l.entries[i])
		}
	}
	return found
}

func mentions(entry Entry, word string) bool {
	if strings.Contains(strings.ToLower(entry.Text), word) {
		return true
	}
	for _, posting := range entry.Postings {
		if strings.Contains(strings.ToLower(posting.Memo), word) {
			return true
		}
	}
	return false
}

// Save writes all entries to a journal, one JSON object a line.
func (l *Ledger) Save(writer io.Writer) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	encoder := json.NewEncoder(writer)
	for _, entry := range l.entries {
		if err := encoder.Encode(entry); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	return nil
}

// Load reads a journal and posts its entries; it stops at the first that does not fit.
func (l *Ledger) Load(reader io.Reader) (int, error) {
	scanner := bufio.NewScanner(reader)
	count := 0
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var entry Entry
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			return count, fmt.Errorf("load line %d: %w", count+1, err)
		}
		if err := l.Post(entry); err != nil {
			return count, err
		}
		count++
	}
	return count, scanner.Err()
}

// Format writes an amount with two decimals and thousands separators.
func Format(amount Amount) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	whole := fmt.Sprintf("%d", amount/100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s%s.%02d", sign, whole, amount%100)
}
