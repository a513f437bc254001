"""Workday's two sentences are known in each language of the table, and neither is taken for the other."""

from __future__ import annotations

import pytest

from flows.talk.localised_faults import name_or_password_at, task_denied_at

REFUSED = """
invalid username or password
The user name or password is incorrect.
username or password is not valid
Benutzername oder Kennwort ungültig
ungültiger Benutzername oder ungültiges Passwort
Nom d'utilisateur ou mot de passe non valide
Nombre de usuario o contraseña no válidos
Nome utente o password non validi
Nome de usuário ou senha inválidos
Ongeldige gebruikersnaam of ongeldig wachtwoord
Ogiltigt användarnamn eller lösenord
Ugyldigt brugernavn eller adgangskode
Ugyldig brukernavn eller passord
Virheellinen käyttäjätunnus tai salasana
Nieprawidłowa nazwa użytkownika lub hasło
Neplatné uživatelské jméno nebo heslo
Érvénytelen felhasználónév vagy jelszó
Nume de utilizator sau parolă incorecte sau invalide, parola utilizator sau parola invalid
Geçersiz kullan\u0131c\u0131 ad\u0131 veya şifre
Неверное имя пользователя или пароль
ユーザー名またはパスワードが無効です
ユーザーIDかパスワードが正しくありません
用户名或密码无效
无效的用户名或密码
使用者名稱或密碼錯誤
사용자 이름 또는 암호가 올바르지 않습니다
""".strip().splitlines()

DENIED = """
The task submitted is not authorized.
the submitted task was unauthorized
Die gesendete Aufgabe ist nicht autorisiert.
La tâche soumise n'est pas autorisée
La tarea enviada no está autorizada
L'attività inviata non è autorizzata
A tarefa enviada não está autorizada
De ingediende taak is niet geautoriseerd
Den skickade uppgiften är inte auktoriserad
Den indsendte opgave er ikke autoriseret
Den innsendte oppgaven er ikke autorisert
Lähetetty tehtävä ei ole valtuutettu
Przesłane zadanie nie jest autoryzowane
Odeslaná úloha není autorizována
A beküldött feladat nem engedélyezett
Gönderilen görev yetkilendirilmemiş
Отправленная задача не авторизована
送信されたタスクは承認されていません
提交的任务未获授权
제출된 작업이 승인되지 않았습니다
""".strip().splitlines()

NEITHER = """
user name and password are in the vault
the username or the password first?
I entered the user name, then or later the wrong value of a password
is the task submitted?
I submitted the task, it is authorized
You don't have access to this task
The task is not authorized
ユーザー名とパスワードを入力しました
用户名和密码已经输入
제출된 작업
""".strip().splitlines()


@pytest.mark.parametrize("text", REFUSED)
def test_a_refused_sign_on(text: str) -> None:
    assert name_or_password_at(text) is not None
    assert task_denied_at(text) is None


@pytest.mark.parametrize("text", DENIED)
def test_a_denied_task(text: str) -> None:
    assert task_denied_at(text) is not None
    assert name_or_password_at(text) is None


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert name_or_password_at(text) is None
    assert task_denied_at(text) is None


def test_where_it_begins() -> None:
    assert name_or_password_at("and so it says: invalid username or password") == 4
    assert name_or_password_at("and so it says: the username or password is invalid") == 5
    assert task_denied_at("it says: the task submitted is not authorized") == 3
