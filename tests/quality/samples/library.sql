CREATE TABLE authors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    born INTEGER
);

CREATE TABLE books (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author_id INTEGER REFERENCES authors (id),
    year INTEGER,
    copies INTEGER DEFAULT 1
);

INSERT INTO authors (id, name, born) VALUES (1, 'Selma Lagerlöf', 1858);
INSERT INTO authors (id, name, born) VALUES (2, '魯迅', 1881);

SELECT a.name, COUNT(b.id) AS titles
FROM authors AS a
LEFT JOIN books AS b ON b.author_id = a.id
WHERE b.year > 1900
GROUP BY a.name
ORDER BY titles DESC;

UPDATE books
SET copies = copies + 1
WHERE title = 'Gösta Berlings saga';

DELETE FROM books WHERE copies = 0;
