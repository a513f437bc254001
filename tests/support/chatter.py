"""What people say in a thread that is no fault and no report."""

CHATTER = """
hi
hello there
good morning everyone
thanks!
thank you, that worked
ok
okay, done
done
yes
no
not yet
one moment please
give me five minutes
I am in a meeting, back at 3
can we do this tomorrow?
who is the Workday admin here?
I think that is Priya
@priya can you help with this?
let me ask our HRIS team
our admin is on vacation until Monday
I do not have access to that task
I cannot find the task
where do I find the task?
where is Create Integration System User?
the search finds nothing
I do not see View API Clients
what is a services host?
what is a tenant?
which environment should I use?
should we use production or sandbox?
we only have a sandbox right now
is our implementation tenant fine?
this is for production
we go live in March
our tenant is called acme
the tenant name is acme_preview
is the tenant the same as the company name?
here is the URL
I copied the URL from the browser
do you need the REST endpoint or the token endpoint?
is this the right address?
what should I enter here?
should I enter the username or the password first
which user name do you need?
is the username the e-mail address?
do I need to add the tenant to the username?
the username is case sensitive, right?
I created the user
I made the integration system user
the user is called ISU_Link
can the user be a real person?
can we reuse an existing integration user?
we already have an ISU for another vendor
how long should the password be?
which password do you mean?
I will send you the password later
do not send passwords in Slack please
I forgot the password
I reset the password
I just changed the password again
let me set a new password
the password has a special character, is that ok?
should the password expire?
our passwords expire every 90 days
can we exempt the user from expiry?
what happens when the password expires?
I unticked require new password
did you mean Require New Password at Next Sign In?
session timeout is zero now
do not allow UI sessions is ticked
is the box Do Not Allow UI Sessions needed?
the security group exists now
I created the security group
which type of group should it be?
constrained or unconstrained?
I picked Integration System Security Group (Unconstrained)
I added the user to the group
is the user in the group?
the group is called ISSG_Link
how do I add permissions?
the list of permissions is long
do we really need compensation data?
our security team asks why you need this
can we leave out the salary data?
we do not want to share home addresses
legal needs to approve this first
our works council has to agree
I pasted the first policy
I cannot find the policy Job Information
is Worker Data: Workers the same as Public Worker Reports?
Get Only or View Only?
what is the difference between Get and View?
I chose Get Only for all of them
all permissions are set
I granted all of them
done with the permissions
now what?
what is next?
how do I activate?
Activated the changes
activated!
there are changes from someone else pending
can I activate the changes of my colleague too?
what does activation do?
is it risky to activate in production?
I need a change ticket for that
the change window is on Thursday
can we skip the authentication policy?
do we use authentication policies?
I do not know whether we use SSO
we use Okta for single sign-on
our users sign in with SAML
does the integration user need MFA?
we restrict by IP range
which IP addresses do you use?
our firewall team needs your IP addresses
the authentication policy has five rules
I put the new rule on top
the rule is on top now
what is an API client?
do we need the API client?
I registered the API client
which scopes do you need?
Staffing and System, right?
where is the client ID?
I lost the client secret
can I see the secret again?
I have to make a new refresh token
the refresh token is very long
is the token valid forever?
non-expiring is ticked
please check again
check it again please
try again
can you check now?
is it working?
it works now
still not working
it does not work
that did not work either
it fails
I get an error
there is an error message
what does this error mean?
it says something is wrong
the page is red
nothing happens when I click
the button is gone
the message disappeared
the form closed
Slack is slow today
Workday is slow today
Workday is down for me
is Workday down?
I cannot log in to Workday right now
I am not authorized to do this
it is not authorized
I am not allowed to see this report
do I need to be authorized by someone?
who authorized this?
my request was not authorized by my manager
the task is not authorised in our change board
the task was submitted
I submitted the task
I submitted the ticket for this task
the service is great
which web service is that?
what version of Workday do you support?
which version do you need?
our version is 2025R2
is the web service version important?
the requested operation finished
invalid choice, sorry
that link is invalid
my session is invalid I guess
my badge is invalid today
I have a valid user name and password
user name and password are in our vault
is my user name right?
the username or the tenant might be wrong
I typed the user name and the password by hand
I copied the password from the vault
can the password contain spaces?
access token or refresh token?
what is an access token?
I am using my S22 to type this
my Galaxy S22 cannot show the picture
section S22 of the contract
room S21 at 2 pm
code review at 4
error budget meeting moved
we have 403 employees
404 people in the London office
processing the request takes a while
processing now
an error occurred to me on the way home: we need approval
validation is planned for Friday
our data validation starts next week
the element of surprise
Reference ID is empty in our tenant
what is a reference ID?
maintenance is on Friday evening
when is the next maintenance?
is there a maintenance page?
the weekend is maintenance time for us
currently unavailable, will reply later
I am currently unavailable
Priya is currently unavailable
our Workday admin is currently unavailable
please call me at +49 170 1234567
my mail is jane@acme.com
see https://www.example.com/help
https://community.workday.com/articles/1234
cheers
have a nice weekend
lol
:+1:
???
...
1234
guten Morgen
wie geht es weiter?
ich finde die Aufgabe nicht
das Passwort habe ich geändert
wo ist der Benutzername?
Benutzername und Passwort sind gespeichert
die Version ist egal
die Aufgabe ist erledigt
merci beaucoup
je ne trouve pas la tâche
où est le mot de passe ?
la tâche est terminée
muchas gracias
no encuentro la tarea
la tarea está terminada
el usuario ya existe
""".strip().splitlines()
