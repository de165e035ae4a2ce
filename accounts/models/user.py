from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(GuardianUserMixin, AbstractBaseUser, PermissionsMixin):
    """A person who logs in, by e-mail. What they may do follows from their memberships, not from the account."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        choices=[("en", _("English")), ("de", _("German"))],
        help_text=_("Empty: that of the business"),
    )
    is_staff = models.BooleanField(_("runs the installation"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]

    def __str__(self):
        return self.name or self.email

    def has_perm(self, perm, obj=None):
        """As Django asks, without loading every backend anew: what is not about one object only the role can grant.

        A page asks some eighty times.
        """
        from accounts.backends import WorkspaceRoleBackend

        if obj is not None:
            return super().has_perm(perm, obj)
        if self.is_active and self.is_superuser:
            return True
        return WorkspaceRoleBackend().has_perm(self, perm)

    def granted(self) -> set[str]:
        """All that the role grants in the business that is open, for who asks about many permissions at once."""
        from accounts.backends import WorkspaceRoleBackend

        return WorkspaceRoleBackend().get_all_permissions(self)

    def get_full_name(self):
        return self.name or self.email

    def get_short_name(self):
        """The first name, without a title before it: “Dr.” is nobody."""
        words = (self.name or self.email).split()
        return next((word for word in words if not word.endswith(".")), words[0]).split("@")[0]
